import { giveBackConnections } from './connection-counts.ts'
import { gaugeBlocks } from './layout.ts'
import { breakLocks } from './lock.ts'
import { clearQueues } from './pool-queue.ts'
import type { Slab } from './slab.ts'

/** Gives back what a thread held when it died: its column of gauges, its places in queues and its open connections. Counters stay. */
export function zeroThread(slab: Slab, thread: number): void {
  slab.gauges.fill(0, thread * slab.capacity, (thread + 1) * slab.capacity)
  for (let block = thread * gaugeBlocks; block < (thread + 1) * gaugeBlocks; block++) slab.gaugeMoves[block] += 1
  for (const locks of [slab.gaugeLocks, slab.keyedLocks, slab.limitLocks]) breakLocks(locks, thread + 1)
  clearQueues(slab, thread)
  giveBackConnections(slab, thread)
}
