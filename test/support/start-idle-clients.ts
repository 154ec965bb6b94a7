import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { supportModule } from './support-module.ts'

export interface IdleClients {
  /** Asks how many of them are still connected. */
  countConnected(): Promise<number>
}

/** So many clients in a process of their own, from one address; each has had an answer and is silent since. */
export async function startIdleClients(
  t: TestContext,
  { port, address, count }: { readonly port: number; readonly address: string; readonly count: number },
): Promise<IdleClients> {
  const child = spawn(
    process.execPath,
    [supportModule('idle-clients').pathname, String(port), address, String(count)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the clients ended with ${code}`)))
  failed.catch(() => {})
  await Promise.race([once(lines, 'line'), failed])
  return {
    async countConnected() {
      child.stdin.write('count\n')
      const [line] = await once(lines, 'line')
      return Number(line)
    },
  }
}
