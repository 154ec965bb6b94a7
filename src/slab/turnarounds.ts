import { turnaroundWords } from './layout.ts'
import type { Slab } from './slab.ts'

/** How long the answers of a pool took to begin, since its slot was made: compare two readings. */
export interface Turnarounds {
  readonly count: number
  readonly sumUs: number
}

/** The first byte of an answer is there. A thread writes only its own words, so plain adds are exact. */
export function countTurnaround(slab: Slab, at: { readonly thread: number; readonly slot: number }, us: number): void {
  const word = (at.thread * slab.capacity + at.slot) * turnaroundWords
  slab.turnarounds[word] += 1
  slab.turnarounds[word + 1] += us
}

/** The sums over all threads; a reading may have a request counted whose time is still missing. */
export function readTurnarounds({ turnarounds, threads, capacity }: Slab, slot: number): Turnarounds {
  let count = 0
  let sumUs = 0
  for (let thread = 0, at = slot * turnaroundWords; thread < threads; thread++, at += capacity * turnaroundWords) {
    count += turnarounds[at]
    sumUs += turnarounds[at + 1]
  }
  return { count, sumUs }
}

/** So many requests a pool that finds it out by itself serves at once; `most` while nothing is found out, where 0 is any number. */
export function placeLimit({ placeLimits }: Slab, slot: number, most: number): number {
  return Atomics.load(placeLimits, slot) || most
}

/** 0: nothing is found out. */
export function setPlaceLimit({ placeLimits }: Slab, slot: number, limit: number): void {
  Atomics.store(placeLimits, slot, limit)
}
