import { Random } from '../kit/random.ts'
import type { Balancer, MayUse } from './algorithm.ts'
import type { Candidates } from './candidates.ts'

/** Draws of those that may not be used before everybody is asked. */
const mostDraws = 8

/**
 * The power of two random choices: of two drawn by chance, the one with the lower score, the first of equals. Nearly as even as
 * looking at everybody, for the price of two looks; and threads that decide at the same moment do not all decide alike.
 */
export class PowerOfTwo implements Balancer {
  readonly #candidates: Candidates
  readonly #random: Random
  readonly #scoreOf: (index: number) => number

  constructor(candidates: Candidates, seed: number, scoreOf: (index: number) => number) {
    this.#candidates = candidates
    this.#random = new Random(seed)
    this.#scoreOf = scoreOf
  }

  pick(mayUse: MayUse): number {
    const first = this.#draw(mayUse, -1)
    if (first === -1) return -1
    const second = this.#draw(mayUse, first)
    return second !== -1 && this.#scoreOf(second) < this.#scoreOf(first) ? second : first
  }

  #draw(mayUse: MayUse, other: number): number {
    const { count, weights } = this.#candidates
    for (let draw = 0; draw < mostDraws; draw++) {
      const index = this.#random.below(count)
      if (index !== other && weights[index] > 0 && mayUse(index)) return index
    }
    return this.#drawAmongUsable(mayUse, other)
  }

  /** One pass: the nth that may be used takes the place of the one before it once in n. */
  #drawAmongUsable(mayUse: MayUse, other: number): number {
    const { count, weights } = this.#candidates
    let drawn = -1
    let seen = 0
    for (let index = 0; index < count; index++) {
      if (index === other || weights[index] === 0 || !mayUse(index)) continue
      seen += 1
      if (this.#random.below(seen) === 0) drawn = index
    }
    return drawn
  }
}
