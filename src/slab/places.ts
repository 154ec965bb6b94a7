import { enter, inFlight } from './gauges.ts'
import { gaugeLocks } from './layout.ts'
import { giveLock, lockFor, takeLock } from './lock.ts'
import type { Slab } from './slab.ts'

/**
 * An exchange begins at this slot unless there are `most` already (0: no bound); false when there are. Exact over all threads:
 * whoever looks whether there is room holds a lock until it has taken it. Without a bound there is no lock.
 */
export function enterBelow(slab: Slab, thread: number, slot: number, most: number): boolean {
  if (most === 0) {
    enter(slab, thread, slot)
    return true
  }
  const lock = lockOf(slot)
  takeLock(slab.gaugeLocks, lock, thread + 1)
  const hasRoom = inFlight(slab, slot) < most
  if (hasRoom) enter(slab, thread, slot)
  giveLock(slab.gaugeLocks, lock)
  return hasRoom
}

/** Of a slot's places and of its queue. */
export function lockOf(slot: number): number {
  return lockFor(slot, gaugeLocks)
}
