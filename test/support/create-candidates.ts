import { Candidates } from '../../src/balance/candidates.ts'

export interface TestCandidates {
  readonly candidates: Candidates
  /** Counts more, or fewer, requests under way at the candidate, in one thread's column. */
  move(index: number, amount: number, column?: number): void
  /** Set by index; 0 at first. */
  readonly latenciesUs: number[]
}

interface TestOptions {
  readonly columns?: number
  readonly names?: readonly string[]
}

const stride = 4_096
const blockBits = 5

/** Idle candidates with these weights, whose slots do not begin where a block does. */
export function createCandidates(weights: readonly number[], options: TestOptions = {}): TestCandidates {
  const { columns = 1, names = weights.map((_, index) => `http://10.0.0.${index}:80`) } = options
  const cells = new Int32Array(columns * stride)
  const moves = new Int32Array((columns * stride) >>> blockBits)
  const movesStride = stride >>> blockBits
  const slots = weights.map((_, index) => index + 7)
  const latenciesUs = weights.map(() => 0)
  const candidates = new Candidates({
    names,
    weights,
    slots,
    inFlight: { columns, cells, stride, moves, movesStride, blockBits },
    latencyUs: (index) => latenciesUs[index],
  })
  const move = (index: number, amount: number, column = 0) => {
    cells[column * stride + slots[index]] += amount
    moves[column * movesStride + (slots[index] >>> blockBits)] += 1
  }
  return { candidates, move, latenciesUs }
}

export function everyone(): boolean {
  return true
}
