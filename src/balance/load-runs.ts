import type { Candidates } from './candidates.ts'

/**
 * What is in flight at many candidates, without reading everything each time. Neighbours whose slots share a block make a run;
 * its sum and its least load are kept until the block's counters say that one of its gauges has moved. At 1,000 candidates a
 * look is 30 counters per thread and two or three runs, where reading all takes 3 µs and as much again for other threads.
 */
export class LoadRuns {
  readonly count: number
  /** Of each run, the index of its first candidate; one more entry ends the last run. */
  readonly starts: Int32Array
  /** Least (in flight + 1) / weight of each run; Infinity where all drain. */
  readonly leasts: Float64Array
  /** In flight in all runs. */
  inFlight = 0
  readonly #candidates: Candidates
  readonly #sums: Float64Array
  readonly #moved: Float64Array
  #weightsVersion = -1
  /** Read anew at the next look whatever its counters say: processors may show a counter before what it counts. */
  #due = 0

  constructor(candidates: Candidates) {
    const { slots, columns } = candidates
    const block = (index: number) => slots[index] >>> columns.blockBits
    const starts = Array.from(slots.keys()).filter((index) => index === 0 || block(index) !== block(index - 1))
    this.#candidates = candidates
    this.count = starts.length
    this.starts = Int32Array.from([...starts, candidates.count])
    this.leasts = new Float64Array(this.count)
    this.#sums = new Float64Array(this.count)
    this.#moved = new Float64Array(this.count).fill(-1)
  }

  /** Brings sums and leasts up to date. */
  look(): void {
    const { slots, weightsVersion } = this.#candidates
    const { moves, movesStride, blockBits, columns } = this.#candidates.columns
    const isStale = this.#weightsVersion !== weightsVersion
    this.#weightsVersion = weightsVersion
    this.#due = this.#due + 1 < this.count ? this.#due + 1 : 0
    for (let run = 0; run < this.count; run++) {
      let moved = 0
      let at = slots[this.starts[run]] >>> blockBits
      for (let column = 0; column < columns; column++, at += movesStride) moved += moves[at]
      if (moved === this.#moved[run] && run !== this.#due && !isStale) continue
      this.#moved[run] = moved
      this.#read(run)
    }
  }

  #read(run: number): void {
    const { slots, weights } = this.#candidates
    const { cells, columns, stride } = this.#candidates.columns
    let sum = 0
    let least = 1
    let leastWeight = 0
    for (let index = this.starts[run]; index < this.starts[run + 1]; index++) {
      let inFlight = 0
      for (let column = 0, at = slots[index]; column < columns; column++, at += stride) inFlight += cells[at]
      sum += inFlight
      if ((inFlight + 1) * leastWeight >= least * weights[index]) continue
      least = inFlight + 1
      leastWeight = weights[index]
    }
    this.inFlight += sum - this.#sums[run]
    this.#sums[run] = sum
    this.leasts[run] = least / leastWeight
  }
}
