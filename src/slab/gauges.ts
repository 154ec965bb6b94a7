import { giveBackConnections } from './connection-counts.ts'
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

/** Gives back what a thread held when it died: its column of gauges and its open connections. Counters stay. */
export function zeroThread(slab: Slab, thread: number): void {
  slab.gauges.fill(0, thread * slab.capacity, (thread + 1) * slab.capacity)
  for (let block = thread * gaugeBlocks; block < (thread + 1) * gaugeBlocks; block++) slab.gaugeMoves[block] += 1
  giveBackConnections(slab, thread)
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
