/** Where what is in flight is counted: `columns` numbers for each slot, `stride` apart, one written by each thread. */
export interface InFlightColumns {
  readonly columns: number
  readonly cells: Int32Array
  readonly stride: number
  /** Counters, `movesStride` apart, that change whenever a cell of a slot does which has the block's number in its upper bits. */
  readonly moves: Int32Array
  readonly movesStride: number
  readonly blockBits: number
}

export interface CandidateParts {
  /** What each is called for good: keys keep to names, over restarts and whatever happens to the others. */
  readonly names: readonly string[]
  /** Share of the work; 0 drains: never picked, requests under way finish. */
  readonly weights: readonly number[]
  readonly slots: readonly number[]
  readonly inFlight: InFlightColumns
  /** How long the candidate at that index takes to answer, in microseconds; 0: nobody knows. */
  readonly latencyUs: (index: number) => number
}

/** The endpoints of a pool as algorithms see them: columns instead of objects, so that a thousand are looked at in a microsecond. */
export class Candidates {
  readonly count: number
  readonly names: readonly string[]
  /** Read at each pick; changed by `setWeight` alone. */
  readonly weights: Float64Array
  readonly slots: Int32Array
  readonly columns: InFlightColumns
  readonly latencyUs: (index: number) => number
  /** Moves whenever a weight does: whoever keeps something made of weights makes it anew then. */
  weightsVersion = 0

  constructor({ names, weights, slots, inFlight, latencyUs }: CandidateParts) {
    this.count = names.length
    this.names = names
    this.weights = Float64Array.from(weights)
    this.slots = Int32Array.from(slots)
    this.columns = inFlight
    this.latencyUs = latencyUs
  }

  setWeight(index: number, weight: number): void {
    if (this.weights[index] === weight) return
    this.weights[index] = weight
    this.weightsVersion += 1
  }

  /** Exchanges under way there, over all threads. */
  inFlight(index: number): number {
    const { cells, columns, stride } = this.columns
    let sum = 0
    for (let column = 0, at = this.slots[index]; column < columns; column++, at += stride) sum += cells[at]
    return sum
  }
}
