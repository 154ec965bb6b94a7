import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { readStatus } from '../../src/control/control-client.ts'
import { eventually } from './eventually.ts'

export interface SpawnedServer {
  /** Of the listener `main`. */
  readonly port: number
  readonly process: ChildProcess
  /** Standard error so far. */
  readonly printed: string
  /** Sends the signal; resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** `mtlb serve` as an operator starts it, from the sources; the folder's listener `main` must not share its port. */
export async function spawnServer(
  t: TestContext,
  folder: string,
  flags: readonly string[] = [],
  { openFiles }: { readonly openFiles?: number | undefined } = {},
): Promise<SpawnedServer> {
  const launcher = join(import.meta.dirname, '../../bin/mtlb')
  const env = { ...process.env, MTLB_ENTRY: 'src', MTLB_NODE: process.execPath, MTLB_DATA: folder }
  const limited = openFiles === undefined ? '' : `ulimit -n ${openFiles}; `
  const words = ['-c', `${limited}exec "$0" serve "$@"`, launcher, ...flags]
  const child = spawn('/bin/sh', words, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  const port = await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${printed}`)
    const status = await readStatus(folder)
    const main = status?.listeners.find(({ name }) => name === 'main')
    return status?.pid === child.pid && main?.state === 'listening' ? main.port : undefined
  }, 10_000)
  return {
    port,
    process: child,
    get printed() {
      return printed
    },
    end: async (signal) => {
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
      return { code: child.exitCode, signal: child.signalCode }
    },
  }
}
