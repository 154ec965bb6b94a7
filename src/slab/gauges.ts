import { gaugeBlockBits, gaugeBlocks } from './layout.ts'
import type { Slab } from './slab.ts'

/**
 * An exchange begins at this slot. A thread writes only its own columns, so plain adds are exact
 * (entering and leaving takes 1 ns, with `Atomics.add` 17 ns). The move is counted last: who sees it sees the gauge.
 */
export function enter(slab: Slab, thread: number, slot: number): void {
  slab.gauges[thread * slab.capacity + slot] += 1
  slab.gaugeMoves[thread * gaugeBlocks + (slot >>> gaugeBlockBits)] += 1
}

/** The exchange that entered has ended. */
export function leave(slab: Slab, thread: number, slot: number): void {
  slab.gauges[thread * slab.capacity + slot] -= 1
  slab.gaugeMoves[thread * gaugeBlocks + (slot >>> gaugeBlockBits)] += 1
}

/** Exchanges in flight at this slot in all threads. */
export function inFlight(slab: Slab, slot: number): number {
  const { gauges, capacity, threads } = slab
  let sum = 0
  for (let thread = 0, at = slot; thread < threads; thread++, at += capacity) sum += gauges[at]
  return sum
}

/** The gauges of all threads, for whoever reads many of them at once. */
export function inFlightColumns({ gauges, gaugeMoves, threads, capacity }: Slab) {
  return {
    columns: threads,
    cells: gauges,
    stride: capacity,
    moves: gaugeMoves,
    movesStride: gaugeBlocks,
    blockBits: gaugeBlockBits,
  }
}
