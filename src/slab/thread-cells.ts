import { threadCellWords } from './layout.ts'
import type { Slab } from './slab.ts'

/** Cells of a thread, by word. The recorder's findings about a thread's ring are kept beside the thread's own. */
export const threadCell = {
  /** Client connections that are open. */
  connections: 0,
  /** Records that found the ring full. */
  dropped: 1,
  /** Moves whenever the thread's event loop turns. */
  heartbeat: 2,
  /** Records that reached the recorder and could not be kept; counted by the recorder. */
  lost: 3,
  /** Client connections that were taken on, ever. */
  accepted: 4,
  /** Client connections that were turned away: a cap was reached, or the limit of open files. */
  turnedAway: 5,
  /** Client connections whose address was not counted, because too many addresses were. */
  uncounted: 6,
  /** Moves when another thread has freed a place that an exchange of this one waits for; see pool-queue.ts. */
  placesFreed: 7,
} as const

export type ThreadCell = (typeof threadCell)[keyof typeof threadCell]

/** Adds to a cell; exact also when the recorder or the main thread reads it meanwhile. Counters wrap at 2^32. */
export function addToThreadCell(slab: Slab, thread: number, cell: ThreadCell, amount: number): void {
  Atomics.add(slab.threadCells, thread * threadCellWords + cell, amount)
}

/** A cell as it is now, whichever thread writes it; from 0 to 2^32 - 1. */
export function readThreadCell(slab: Slab, thread: number, cell: ThreadCell): number {
  return Atomics.load(slab.threadCells, thread * threadCellWords + cell) >>> 0
}

/** Records of all threads that `mtlb logs` will never show, because a ring was full or the disk refused them. */
export function countMissingRecords(slab: Slab): number {
  let missing = 0
  for (let thread = 0; thread < slab.threads; thread++) {
    missing += readThreadCell(slab, thread, threadCell.dropped) + readThreadCell(slab, thread, threadCell.lost)
  }
  return missing
}
