import type { Algorithm, Balancer, MayUse } from './algorithm.ts'
import type { Candidates } from './candidates.ts'
import { LoadRuns } from './load-runs.ts'

export const leastConnections: Algorithm = {
  name: 'least-connections',
  summary: 'fewest requests under way for its weight, over all threads',
  create: (candidates) => new LeastConnections(candidates),
}

/** Up to here everybody is looked at: 0.2 µs. */
const mostByScan = 64

/** Picks the least (in flight + 1) / weight; the place where the search begins moves on, so that ties take turns. */
class LeastConnections implements Balancer {
  readonly #candidates: Candidates
  readonly #runs: LoadRuns | undefined
  #start = 0
  #best = -1
  // Loads are compared as a/b < c/d is by ad < cb: exact, and no division. Against a weight of 0 every load is less.
  #underWay = 1
  #weight = 0

  constructor(candidates: Candidates) {
    this.#candidates = candidates
    this.#runs = candidates.count > mostByScan ? new LoadRuns(candidates) : undefined
  }

  pick(mayUse: MayUse): number {
    const { count } = this.#candidates
    this.#best = -1
    this.#underWay = 1
    this.#weight = 0
    if (this.#runs === undefined) {
      this.#scan(this.#start, count, mayUse)
      this.#scan(0, this.#start, mayUse)
    } else {
      this.#searchRuns(this.#runs, mayUse)
    }
    const best = this.#best
    // Starting behind the last pick, and not one further each time, keeps turns even when some may not be used.
    if (best !== -1) this.#start = best + 1 === count ? 0 : best + 1
    return best
  }

  /** The run with the least load first; any other only if it promises less than was found by then. */
  #searchRuns(runs: LoadRuns, mayUse: MayUse): void {
    runs.look()
    const { count, leasts, starts } = runs
    let first = 0
    while (starts[first + 1] <= this.#start) first += 1
    let least = first
    for (let run = first + 1; run < count; run++) if (leasts[run] < leasts[least]) least = run
    for (let run = 0; run < first; run++) if (leasts[run] < leasts[least]) least = run
    this.#scanRun(runs, least, mayUse)
    if (this.#underWay / this.#weight === leasts[least]) return
    for (let run = 0; run < count; run++) {
      if (run !== least && leasts[run] < this.#underWay / this.#weight) this.#scanRun(runs, run, mayUse)
    }
  }

  #scanRun({ starts }: LoadRuns, run: number, mayUse: MayUse): void {
    const from = starts[run]
    const to = starts[run + 1]
    const start = this.#start > from && this.#start < to ? this.#start : from
    this.#scan(start, to, mayUse)
    this.#scan(from, start, mayUse)
  }

  #scan(from: number, to: number, mayUse: MayUse): void {
    const { weights, slots } = this.#candidates
    const { cells, columns, stride } = this.#candidates.columns
    let best = this.#best
    let bestUnderWay = this.#underWay
    let bestWeight = this.#weight
    for (let index = from; index < to; index++) {
      const weight = weights[index]
      let at = slots[index]
      let underWay = cells[at] + 1
      // What one thread has under way there is usually too much already.
      for (let column = 1; column < columns && underWay * bestWeight < bestUnderWay * weight; column++) {
        at += stride
        underWay += cells[at]
      }
      if (underWay * bestWeight >= bestUnderWay * weight || !mayUse(index)) continue
      best = index
      bestUnderWay = underWay
      bestWeight = weight
    }
    this.#best = best
    this.#underWay = bestUnderWay
    this.#weight = bestWeight
  }
}
