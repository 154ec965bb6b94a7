import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'

const children = new Set<ChildProcess>()
const startTimeoutMs = 10_000

// Whatever ends the bench ends what it started.
process.once('exit', () => children.forEach((child) => child.kill('SIGTERM')))
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

/** Starts a server and waits until its loopback port answers requests; its errors go to ours. Returns its pid. */
export async function startServer(
  command: readonly string[],
  port: number,
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const [file, ...args] = command
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } })
  children.add(child)
  child.once('exit', () => children.delete(child))
  const deadlineMs = performance.now() + startTimeoutMs
  while (!(await isAnswering(port))) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with exit code ${child.exitCode}`)
    if (performance.now() > deadlineMs) throw new Error(`${command.join(' ')} does not answer on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  if (child.pid === undefined) throw new Error(`${file} could not be started`)
  return child.pid
}

/** Ends every server, gently. */
export async function stopServers(): Promise<void> {
  const ends = Array.from(children, async (child) => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  await Promise.all(ends)
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

/** A connection alone says little: some servers try an address out before they listen on it for good. */
async function isAnswering(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/`)
    await answer.body?.cancel()
    return true
  } catch {
    return false
  }
}
