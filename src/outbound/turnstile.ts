/** Lets only so many works be under way at once; the others wait in order. */
export class Turnstile {
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #underWay = 0

  constructor(most: number) {
    this.#most = most
  }

  async pass<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#underWay === this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#underWay += 1
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // Its place goes on to the next.
      if (next === undefined) this.#underWay -= 1
      else next()
    }
  }
}
