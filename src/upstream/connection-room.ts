/**
 * How many connections to endpoints a data thread has open, and may have: they share the limit of open files with its
 * clients. Idle ones give way to new ones, so that the quiet tenants' connections never keep a busy tenant from its own.
 */
export class ConnectionRoom {
  readonly #limit: number
  #open = 0
  #makeRoom: () => void = () => {}

  /** `Infinity` when files are not limited. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get open(): number {
    return this.#open
  }

  /** What to do when a connection is wanted and there is no room: it closes some that lie idle. */
  onFull(makeRoom: () => void): void {
    this.#makeRoom = makeRoom
  }

  /** A connection is opened. Nobody is refused here: those that are busy are as many as clients are let in. */
  enter(): void {
    if (this.#open >= this.#limit) this.#makeRoom()
    this.#open += 1
  }

  leave(): void {
    this.#open -= 1
  }
}
