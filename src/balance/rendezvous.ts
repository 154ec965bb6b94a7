import { mixBits } from '../kit/hash-text.ts'
import type { Balancer, MayUse } from './algorithm.ts'
import type { Candidates } from './candidates.ts'
import { hashNames } from './identities.ts'

/**
 * Weighted rendezvous hashing: each candidate draws a number from the hash and its own name, and the best for its weight has
 * the key. When one goes, its keys alone find another, spread over all that are left.
 */
export class Rendezvous implements Balancer {
  readonly #candidates: Candidates
  readonly #names: Int32Array

  constructor(candidates: Candidates) {
    this.#candidates = candidates
    this.#names = hashNames(candidates.names)
  }

  pick(mayUse: MayUse, hash: number): number {
    const { count, weights } = this.#candidates
    const names = this.#names
    let best = -1
    let least = Infinity
    for (let index = 0; index < count; index++) {
      const mixed = Math.imul(hash ^ names[index * 2], 0x9e3779b1) ^ names[index * 2 + 1]
      const drawn = (mixBits(mixed) + 0.5) / 2 ** 32
      // 1 - x is never more than -ln x: nearly everybody is out without a logarithm.
      if (1 - drawn >= least * weights[index]) continue
      // Times that are exponential with the weight as their rate: the first to come is i with probability weight / sum.
      const time = -Math.log(drawn) / weights[index]
      if (time >= least || !mayUse(index)) continue
      best = index
      least = time
    }
    return best
  }
}
