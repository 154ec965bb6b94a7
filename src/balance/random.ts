import { Random } from '../kit/random.ts'
import type { Algorithm, Balancer, BalancerOptions, MayUse } from './algorithm.ts'
import type { Candidates } from './candidates.ts'

export const random: Algorithm = {
  name: 'random',
  summary: 'by chance, by weight',
  create: (candidates, options) => new WeightedRandom(candidates, options),
}

/** Draws of those that may not be used before everybody is asked. */
const mostDraws = 16

/** An alias table (Vose's method): each index keeps a part of its place, the rest is that of one other. */
class WeightedRandom implements Balancer {
  readonly #candidates: Candidates
  readonly #random: Random
  readonly #kept: Float64Array
  readonly #others: Int32Array
  #hasAny = false
  #weightsVersion = -1

  constructor(candidates: Candidates, { seed }: BalancerOptions) {
    this.#candidates = candidates
    this.#random = new Random(seed)
    this.#kept = new Float64Array(candidates.count)
    this.#others = new Int32Array(candidates.count)
  }

  pick(mayUse: MayUse): number {
    if (this.#weightsVersion !== this.#candidates.weightsVersion) this.#fill()
    if (!this.#hasAny) return -1
    for (let draw = 0; draw < mostDraws; draw++) {
      const index = this.#draw()
      if (mayUse(index)) return index
    }
    return this.#drawAmongUsable(mayUse)
  }

  #draw(): number {
    const place = this.#random.below(this.#kept.length)
    return this.#random.fraction() < this.#kept[place] ? place : this.#others[place]
  }

  /** One pass: each takes the place of the one before it by its share of what has been seen. */
  #drawAmongUsable(mayUse: MayUse): number {
    const { count, weights } = this.#candidates
    let drawn = -1
    let seen = 0
    for (let index = 0; index < count; index++) {
      if (weights[index] === 0 || !mayUse(index)) continue
      seen += weights[index]
      if (this.#random.fraction() * seen < weights[index]) drawn = index
    }
    return drawn
  }

  #fill(): void {
    const { count, weights, weightsVersion } = this.#candidates
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const kept = weights.map((weight) => (weight * count) / total)
    const poor: number[] = []
    const rich: number[] = []
    for (let index = 0; index < count; index++) (kept[index] < 1 ? poor : rich).push(index)
    while (poor.length > 0 && rich.length > 0) {
      const index = poor.pop()!
      const other = rich.at(-1)!
      this.#others[index] = other
      kept[other] -= 1 - kept[index]
      if (kept[other] < 1) poor.push(rich.pop()!)
    }
    // What rounding has left over is whole; a weight of 0 was never rounded.
    for (const index of [...poor, ...rich]) if (weights[index] > 0) kept[index] = 1
    this.#kept.set(kept)
    this.#hasAny = total > 0
    this.#weightsVersion = weightsVersion
  }
}
