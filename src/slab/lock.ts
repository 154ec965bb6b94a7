/** Words from one lock to the next where there are several: each lies on a line of its own. */
export const lockWords = 16

const free = 0

/** Tries before a thread goes to sleep: what a lock guards here takes less than a microsecond. */
const mostSpins = 500

/** How long it sleeps then. Nobody wakes it: that would cost every holder a call into the kernel's bookkeeping. */
const napMs = 1

/** No live thread keeps it for so long. */
const longestHoldMs = 1_000

/**
 * Takes the lock in that word of shared memory, 40 ns when it is free. `owner` is a thread's own number from 1 on, so
 * that the lock of a thread that died can be broken. What it guards must be sound whenever its holder stops.
 */
export function takeLock(cells: Int32Array, at: number, owner: number): void {
  for (let spins = 1; ; spins++) {
    const holder = Atomics.compareExchange(cells, at, free, owner)
    if (holder === free) return
    if (spins % mostSpins === 0) Atomics.wait(cells, at, holder, napMs)
  }
}

/**
 * For who cleans up after a thread that died: another one may have died since, with the lock, and nobody else would learn of
 * it. Whoever has kept it for a second, a million times as long as it takes, is taken for dead.
 */
export function seizeLock(cells: Int32Array, at: number, owner: number): void {
  let last = free
  for (let naps = 0; naps < longestHoldMs / napMs; naps++) {
    const holder = Atomics.compareExchange(cells, at, free, owner)
    if (holder === free) return
    if (holder !== last) naps = 0
    last = holder
    Atomics.wait(cells, at, holder, napMs)
  }
  Atomics.store(cells, at, owner)
}

export function giveLock(cells: Int32Array, at: number): void {
  Atomics.store(cells, at, free)
}

/** Of so many locks that lie side by side the one for that number. */
export function lockFor(number: number, locks: number): number {
  return (number % locks) * lockWords
}

/** The owner is dead: whatever it was doing, it does no longer. */
export function breakLock(cells: Int32Array, at: number, owner: number): void {
  Atomics.compareExchange(cells, at, owner, free)
}

/** The same for each of locks that lie side by side. */
export function breakLocks(cells: Int32Array, owner: number): void {
  for (let at = 0; at < cells.length; at += lockWords) breakLock(cells, at, owner)
}
