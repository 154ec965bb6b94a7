import { outcomeWords } from './layout.ts'
import type { Slab } from './slab.ts'

/** What became of requests; each counter wraps at 2^32: compare two readings with `outcomesSince`. */
export interface Outcomes {
  done: number
  /** Of them those that failed. */
  failed: number
  /** Of them those that took longer than they should. */
  slow: number
}

/** A request at that slot is over. A thread writes only its own words, so plain adds are exact. */
export function countOutcome(
  slab: Slab,
  at: { readonly thread: number; readonly slot: number },
  { hasFailed, isSlow }: { readonly hasFailed: boolean; readonly isSlow: boolean },
): void {
  const word = (at.thread * slab.capacity + at.slot) * outcomeWords
  if (hasFailed) slab.outcomes[word + 1] += 1
  if (isSlow) slab.outcomes[word + 2] += 1
  slab.outcomes[word] += 1
}

/** The sums over all threads. */
export function readOutcomes({ outcomes, threads, capacity }: Slab, slot: number): Outcomes {
  const sums = { done: 0, failed: 0, slow: 0 }
  for (let thread = 0, at = slot * outcomeWords; thread < threads; thread++, at += capacity * outcomeWords) {
    sums.done = (sums.done + outcomes[at]) >>> 0
    sums.failed = (sums.failed + outcomes[at + 1]) >>> 0
    sums.slow = (sums.slow + outcomes[at + 2]) >>> 0
  }
  return sums
}

/** What has come from one reading to a later one. */
export function outcomesSince(now: Outcomes, before: Outcomes): Outcomes {
  return {
    done: (now.done - before.done) >>> 0,
    failed: (now.failed - before.failed) >>> 0,
    slow: (now.slow - before.slow) >>> 0,
  }
}

/** Makes a slot as new for its next owner. Only while nobody counts there. */
export function zeroOutcomes({ outcomes, threads, capacity }: Slab, slot: number): void {
  for (let thread = 0, at = slot * outcomeWords; thread < threads; thread++, at += capacity * outcomeWords) {
    outcomes.fill(0, at, at + outcomeWords)
  }
}
