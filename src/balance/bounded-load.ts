import type { Balancer, MayUse } from './algorithm.ts'
import type { Candidates } from './candidates.ts'
import { LoadRuns } from './load-runs.ts'

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, 2018): nobody has more under way than `factor` times
 * its share of all that is, this request included and rounded up; what is over goes to the next candidate of its key. While some
 * may not be used, their shares stay free as long as the others have room.
 */
export class BoundedLoad implements Balancer {
  readonly #candidates: Candidates
  readonly #order: Balancer
  readonly #factor: number
  readonly #runs: LoadRuns
  /** Made once: a pick allocates nothing. */
  readonly #mayTake = (index: number): boolean => this.#mayUse(index) && this.#hasRoom(index)
  #mayUse: MayUse = () => false
  /** Requests that each unit of weight may have under way; below 0: not reckoned yet. */
  #mostPerWeight = -1
  #weight = 0
  #weightsVersion = -1

  constructor(candidates: Candidates, order: Balancer, factor: number) {
    this.#candidates = candidates
    this.#order = order
    this.#factor = factor
    this.#runs = new LoadRuns(candidates)
  }

  pick(mayUse: MayUse, hash: number): number {
    this.#mayUse = mayUse
    this.#mostPerWeight = -1
    const index = this.#order.pick(this.#mayTake, hash)
    return index === -1 ? this.#pickAmongUsable(mayUse, hash) : index
  }

  #pickAmongUsable(mayUse: MayUse, hash: number): number {
    this.#mostPerWeight = this.#reckonUsable()
    const index = this.#order.pick(this.#mayTake, hash)
    // Other threads may have filled the last room meanwhile.
    return index === -1 ? this.#order.pick(mayUse, hash) : index
  }

  #hasRoom(index: number): boolean {
    const inFlight = this.#candidates.inFlight(index)
    // An idle one always has, and then nobody needs to be counted.
    if (inFlight === 0) return true
    if (this.#mostPerWeight < 0) this.#mostPerWeight = this.#reckonAll()
    return inFlight < Math.ceil(this.#mostPerWeight * this.#candidates.weights[index])
  }

  #reckonAll(): number {
    this.#runs.look()
    return (this.#factor * (this.#runs.inFlight + 1)) / this.#weightOfAll()
  }

  #weightOfAll(): number {
    const { weights, weightsVersion } = this.#candidates
    if (this.#weightsVersion !== weightsVersion) this.#weight = weights.reduce((sum, weight) => sum + weight, 0)
    this.#weightsVersion = weightsVersion
    return this.#weight
  }

  #reckonUsable(): number {
    const candidates = this.#candidates
    let inFlight = 1
    let weights = 0
    for (let index = 0; index < candidates.count; index++) {
      if (candidates.weights[index] === 0 || !this.#mayUse(index)) continue
      inFlight += candidates.inFlight(index)
      weights += candidates.weights[index]
    }
    return (this.#factor * inFlight) / weights
  }
}
