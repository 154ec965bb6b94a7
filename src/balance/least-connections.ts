import type { Algorithm, Balancer, Candidate } from './algorithm.ts'

export const leastConnections: Algorithm = {
  name: 'least-connections',
  summary: 'fewest requests under way for its weight, over all threads',
  create: (candidates) => new LeastConnections(candidates),
}

/** Picks the least (in flight + 1) / weight; the place where the search begins moves on, so that ties take turns. */
class LeastConnections implements Balancer {
  readonly #candidates: readonly Candidate[]
  #start = 0

  constructor(candidates: readonly Candidate[]) {
    this.#candidates = candidates
  }

  pick(mayUse: (index: number) => boolean): number {
    const candidates = this.#candidates
    let best = -1
    let bestLoad = Infinity
    let index = this.#start
    for (let seen = 0; seen < candidates.length; seen++) {
      const candidate = candidates[index]
      if (candidate.weight > 0 && mayUse(index)) {
        const load = (candidate.inFlight() + 1) / candidate.weight
        if (load < bestLoad) {
          best = index
          bestLoad = load
        }
      }
      index = index + 1 === candidates.length ? 0 : index + 1
    }
    // Starting behind the last pick, and not one further each time, keeps turns even when some may not be used.
    if (best !== -1) this.#start = best + 1 === candidates.length ? 0 : best + 1
    return best
  }
}
