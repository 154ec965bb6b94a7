import type { Log } from '../kit/log.ts'

/** Says once that something does not work, and once that it works again; not at every try. */
export class Trouble {
  readonly #log: Log
  readonly #messages = new Map<string, string>()

  constructor(log: Log) {
    this.#log = log
  }

  report(what: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    if (this.#messages.get(what) === message) return
    const isKnown = [...this.#messages.values()].includes(message)
    this.#messages.set(what, message)
    if (isKnown) return
    this.#log.error({ code: 'storage', what, err: error }, message)
  }

  clear(what: string): void {
    if (this.#messages.delete(what)) this.#log.info({ what }, `${what} works again`)
  }
}
