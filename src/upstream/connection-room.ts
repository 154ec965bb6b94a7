/** A connection in the order of those that lie idle. The neighbours are the room's to set. */
export interface IdleConnection {
  olderIdle: IdleConnection | undefined
  newerIdle: IdleConnection | undefined
  /** Closes it; it leaves the room. */
  destroy(): void
}

/**
 * How many connections a data thread has open, to clients and to endpoints, and may have: they share the limit of open
 * files. Endpoint connections that lie idle give way to new ones, the one that has been idle for longest first, so that
 * the quiet tenants' connections never keep a busy tenant from its own.
 */
export class ConnectionRoom {
  readonly #limit: number
  #open = 0
  #oldest: IdleConnection | undefined = undefined
  #newest: IdleConnection | undefined = undefined

  /** `Infinity` when files are not limited. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get open(): number {
    return this.#open
  }

  /** A connection is opened. Nobody is refused here: those that are busy are as many as clients are let in, twice. */
  enter(): void {
    while (this.#open >= this.#limit && this.#oldest !== undefined) this.#oldest.destroy()
    this.#open += 1
  }

  leave(): void {
    this.#open -= 1
  }

  /** The connection lies idle from now on. */
  rest(connection: IdleConnection): void {
    connection.olderIdle = this.#newest
    if (this.#newest === undefined) this.#oldest = connection
    else this.#newest.newerIdle = connection
    this.#newest = connection
  }

  /** It is idle no more. */
  wake(connection: IdleConnection): void {
    const { olderIdle, newerIdle } = connection
    if (olderIdle === undefined) this.#oldest = newerIdle
    else olderIdle.newerIdle = newerIdle
    if (newerIdle === undefined) this.#newest = olderIdle
    else newerIdle.olderIdle = olderIdle
    connection.olderIdle = connection.newerIdle = undefined
  }
}
