import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import type { ListenerStatus } from '../../src/control/listeners.ts'
import { cleanUp } from './clean-up.ts'
import { supportModule } from './support-module.ts'

export interface ServeChild {
  readonly process: ChildProcess
  /** Of the first listener. */
  readonly port: number
  readonly stderr: () => string
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** A server in a process of its own; killed with the test. */
export async function startServeChild(t: TestContext, folder: string): Promise<ServeChild> {
  const child = spawn(process.execPath, [supportModule('serve-child').pathname, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exited = once(child, 'exit')
  cleanUp(t, () => {
    child.kill('SIGKILL')
    return exited
  })
  const failed = exited.then(() => Promise.reject(new Error(`the server ended before it was ready:\n${stderr}`)))
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), failed])
  failed.catch(() => {})
  const listeners: ListenerStatus[] = JSON.parse(line)
  return {
    process: child,
    port: listeners[0].port,
    stderr: () => stderr,
    async end(signal) {
      child.kill(signal)
      const [code, endSignal] = await exited
      return { code, signal: endSignal }
    },
  }
}
