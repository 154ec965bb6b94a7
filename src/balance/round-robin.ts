import type { Algorithm, Balancer, MayUse } from './algorithm.ts'
import type { Candidates } from './candidates.ts'
import { Turns } from './turns.ts'

export const roundRobin: Algorithm = {
  name: 'round-robin',
  summary: 'in turn, by weight, evenly interleaved',
  create: (candidates) => new RoundRobin(candidates),
}

/** Turns of others that are passed over before everybody is asked. */
const mostPassed = 16

/**
 * Smooth weighted round robin: everyone earns its weight, the richest is picked and pays what all earned together.
 * Weights 3 and 1 give A A B A, not A A A B. Who may not be used lets its turn pass, so that its share goes to the others by
 * their weights, and it has nothing to make up for when it is back.
 */
class RoundRobin implements Balancer {
  readonly #candidates: Candidates
  readonly #credits: Float64Array
  #turns: Turns
  #weightsVersion: number
  #last = -1

  constructor(candidates: Candidates) {
    this.#candidates = candidates
    this.#credits = new Float64Array(candidates.count)
    this.#turns = new Turns(candidates.weights, 0)
    this.#weightsVersion = candidates.weightsVersion
  }

  pick(mayUse: MayUse): number {
    if (this.#weightsVersion !== this.#candidates.weightsVersion) this.#startAnew()
    for (let passed = 0; passed < mostPassed; passed++) {
      const index = this.#turns.take()
      if (index === -1) return -1
      if (mayUse(index)) return (this.#last = index)
    }
    return this.#pickAmongUsable(mayUse)
  }

  /** Weights that change often must not favour whoever comes first: the turn goes on behind the last pick. */
  #startAnew(): void {
    const { count, weights, weightsVersion } = this.#candidates
    this.#turns = new Turns(weights, (this.#last + 1) % count)
    this.#weightsVersion = weightsVersion
  }

  /** The same rule, applied to those alone that may be used: when they are few, their turns are far between. */
  #pickAmongUsable(mayUse: MayUse): number {
    const { weights } = this.#candidates
    const credits = this.#credits
    let best = -1
    let earned = 0
    for (let index = 0; index < weights.length; index++) {
      if (weights[index] === 0 || !mayUse(index)) continue
      credits[index] += weights[index]
      earned += weights[index]
      if (best === -1 || credits[index] > credits[best]) best = index
    }
    if (best !== -1) credits[best] -= earned
    return best
  }
}
