import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { ask } from './ask.ts'
import type { Tenant } from './tenants.ts'

const children = new Set<ChildProcess>()
const startTimeoutMs = 60_000

// Whatever ends the bench ends what it started.
process.once('exit', () => children.forEach((child) => child.kill('SIGTERM')))
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

export interface ServerPlan {
  readonly command: readonly string[]
  readonly port: number
  readonly env?: NodeJS.ProcessEnv
  /** It serves once this one is. */
  readonly tenant?: Tenant | undefined
  /** Where its standard output goes; nowhere unless given. */
  readonly outputPath?: string
}

export interface RunningServer {
  readonly pid: number
  readonly startMs: number
  /** Ends it, gently. */
  stop(): Promise<void>
}

/** Starts a server and waits until a GET on its loopback port is answered with 200; its errors go to ours. */
export async function startServer({ command, port, env, tenant, outputPath }: ServerPlan): Promise<RunningServer> {
  const [file, ...args] = command
  const output = openSync(outputPath ?? '/dev/null', 'a')
  const startedMs = performance.now()
  const child = spawn(file, args, { stdio: ['ignore', output, 'inherit'], env: { ...process.env, ...env } })
  closeSync(output)
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  children.add(child)
  child.once('exit', () => children.delete(child))
  while (!(await Promise.race([isServing(port, tenant), failed]))) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with exit code ${child.exitCode}`)
    if (performance.now() - startedMs > startTimeoutMs) throw new Error(`${command.join(' ')} does not serve`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const startMs = performance.now() - startedMs
  if (child.pid === undefined) throw new Error(`${file} could not be started`)
  return { pid: child.pid, startMs, stop: () => stop(child) }
}

/** Ends every server. */
export async function stopServers(): Promise<void> {
  await Promise.all(Array.from(children, stop))
}

/** Standard output of a command that ends by itself; throws when it fails. */
export function run(command: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const [file, ...args] = command
  return execFileSync(file, args, { encoding: 'utf8', env: { ...process.env, ...env } })
}

/** A loopback port that nobody listens on right now. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** A connection alone says little: some servers try an address out before they listen on it for good. */
async function isServing(port: number, tenant: Tenant | undefined): Promise<boolean> {
  try {
    return (await ask(port, { tenant })).status === 200
  } catch {
    return false
  }
}
