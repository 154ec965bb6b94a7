import { explainEnd, runCommand } from '../outbound/run-command.ts'
import type { RunningCommand } from '../outbound/run-command.ts'
import { UserError } from '../kit/user-error.ts'
import { parseEndpoints } from '../snapshot/parse-endpoints.ts'
import type { EndpointSnapshot, PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { Finding } from './sources.ts'

/** A command that takes longer is killed. */
const timeoutMs = 10_000
const mostBytes = 1_048_576

/** A command with whom it is run for, as one text. */
export function commandKey(tenant: string, { name, fromExec = '', refreshMs }: PoolSnapshot): string {
  return JSON.stringify([tenant, name, fromExec, refreshMs])
}

/** The command of a key; any other key as it is. */
export function describeKey(key: string): string {
  return key.startsWith('[') ? (JSON.parse(key) as string[])[2] : key
}

/** Commands that say endpoints on their standard output; exit code 0 is good. */
export class EndpointCommands {
  readonly #mayExec: () => boolean
  readonly #running = new Set<RunningCommand>()

  constructor(mayExec: () => boolean) {
    this.#mayExec = mayExec
  }

  async find(key: string): Promise<Finding<EndpointSnapshot>> {
    if (!this.#mayExec()) return { failure: "the setting 'allow-exec' is off" }
    const [tenant, pool, command, refreshMs] = JSON.parse(key) as [string, string, string, number]
    const environment = { MTLB_TENANT: tenant, MTLB_POOL: pool }
    const running = runCommand(command, { environment, mostOutputBytes: mostBytes })
    this.#running.add(running)
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      running.end()
    }, timeoutMs)
    try {
      const ended = await running.whenEnded
      if (isLate) return { failure: `it has not ended within ${timeoutMs / 1_000} s` }
      if (!ended.isGood) return { failure: explainEnd(ended) }
      if (ended.isCut) return { failure: `it says more than ${mostBytes} bytes` }
      return { values: parseEndpoints(ended.output), goodForMs: refreshMs }
    } catch (error) {
      return { failure: error instanceof UserError || error instanceof Error ? error.message : String(error) }
    } finally {
      clearTimeout(timer)
      this.#running.delete(running)
    }
  }

  close(): void {
    for (const running of this.#running) running.end()
  }
}
