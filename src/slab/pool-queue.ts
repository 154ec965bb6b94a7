import { giveLock, takeLock } from './lock.ts'
import { lockOf } from './places.ts'
import type { Slab } from './slab.ts'
import { threadCellWords } from './layout.ts'
import { addToThreadCell, readThreadCell, threadCell } from './thread-cells.ts'

/** An exchange of the thread waits for a place in the pool at that slot unless `most` do already; exact over all threads. */
export function enterQueue(slab: Slab, thread: number, slot: number, most: number): boolean {
  const lock = lockOf(slot)
  takeLock(slab.gaugeLocks, lock, thread + 1)
  const hasRoom = countQueued(slab, slot) < most
  if (hasRoom) Atomics.add(slab.queued, thread * slab.capacity + slot, 1)
  giveLock(slab.gaugeLocks, lock)
  return hasRoom
}

/** The same, however many do: who is bounded elsewhere. */
export function joinQueue(slab: Slab, thread: number, slot: number): void {
  Atomics.add(slab.queued, thread * slab.capacity + slot, 1)
}

/** Whether that thread has somebody waiting there. */
export function hasQueued({ queued, capacity }: Slab, thread: number, slot: number): boolean {
  return Atomics.load(queued, thread * capacity + slot) > 0
}

/** It waits no more. */
export function leaveQueue(slab: Slab, thread: number, slot: number): void {
  Atomics.sub(slab.queued, thread * slab.capacity + slot, 1)
}

/** Exchanges that wait at that slot in all threads. 5 ns each. */
export function countQueued({ queued, capacity, threads }: Slab, slot: number): number {
  let sum = 0
  for (let thread = 0, at = slot; thread < threads; thread++, at += capacity) sum += Atomics.load(queued, at)
  return sum
}

/** Who is first in a thread: since when it waits, in microseconds of the clock, and in which order threads are to look at it. */
export interface FirstInQueue {
  readonly sinceUs: number
  readonly key: number
}

/** Undefined: nobody of the thread waits there. */
export function setFirstInQueue(slab: Slab, thread: number, slot: number, first: FirstInQueue | undefined): void {
  const at = thread * slab.capacity + slot
  slab.queueKeys[at] = first?.key ?? 0
  slab.queuedSince[at] = first?.sinceUs ?? 0
}

/** The thread whose first one has the least key, of equal ones who waits for longest; -1: nobody waits. */
export function findFirstInQueue({ queueKeys, queuedSince, capacity, threads }: Slab, slot: number): number {
  let first = -1
  let leastKey = Infinity
  let leastUs = Infinity
  for (let thread = 0, at = slot; thread < threads; thread++, at += capacity) {
    const sinceUs = queuedSince[at]
    const key = queueKeys[at]
    if (sinceUs === 0 || key > leastKey || (key === leastKey && sinceUs >= leastUs)) continue
    leastKey = key
    leastUs = sinceUs
    first = thread
  }
  return first
}

/** Says to another thread that there is a place for whom it has waiting. */
export function tellPlaceFreed(slab: Slab, thread: number): void {
  addToThreadCell(slab, thread, threadCell.placesFreed, 1)
  Atomics.notify(slab.threadCells, thread * threadCellWords + threadCell.placesFreed)
}

/** Calls back once, at the next `tellPlaceFreed` to that thread; 25 µs later (measured). */
export function awaitPlaceFreed(slab: Slab, thread: number, onFreed: () => void): void {
  const at = thread * threadCellWords + threadCell.placesFreed
  const { async, value } = Atomics.waitAsync(
    slab.threadCells,
    at,
    readThreadCell(slab, thread, threadCell.placesFreed) | 0,
  )
  if (async) void value.then(onFreed)
  else queueMicrotask(onFreed)
}

/** The thread is dead: nobody waits in it. */
export function clearQueues(slab: Slab, thread: number): void {
  // Looked at rather than filled: most of it was never touched and takes no memory.
  for (let at = thread * slab.capacity, end = at + slab.capacity; at < end; at++) {
    if (slab.queued[at] !== 0) Atomics.store(slab.queued, at, 0)
    if (slab.queuedSince[at] !== 0) slab.queuedSince[at] = 0
  }
}
