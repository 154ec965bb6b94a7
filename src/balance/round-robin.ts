import type { Algorithm, Balancer, Candidate } from './algorithm.ts'

export const roundRobin: Algorithm = {
  name: 'round-robin',
  summary: 'in turn, by weight, evenly interleaved',
  create: (candidates) => new RoundRobin(candidates),
}

/**
 * Smooth weighted round robin: everyone earns its weight, the richest is picked and pays what all earned together.
 * Weights 3 and 1 give A A B A, not A A A B.
 */
class RoundRobin implements Balancer {
  readonly #weights: Float64Array
  readonly #credits: Float64Array

  constructor(candidates: readonly Candidate[]) {
    this.#weights = Float64Array.from(candidates, (candidate) => candidate.weight)
    this.#credits = new Float64Array(candidates.length)
  }

  pick(mayUse: (index: number) => boolean): number {
    const weights = this.#weights
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
