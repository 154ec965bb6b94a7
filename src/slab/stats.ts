import { bucketCount, latencyBucket } from './histogram.ts'
import { reasonWords, statsBytes } from './layout.ts'
import type { Slab } from './slab.ts'

/** What of an exchange is counted; the exchange itself is passed. */
export interface ExchangeOutcome {
  /** 0 when the client went away before it was answered. */
  readonly status: number
  readonly isRejected: boolean
  readonly bytesIn: number
  readonly bytesOut: number
  readonly durationUs: number
  /** That it spent at endpoints, in whole microseconds. */
  readonly endpointTimeUs: number
}

/** One slot's counters, summed over the threads. Counts wrap at 2^32: compare two readings with `>>> 0`. */
export interface SlotStats {
  /** Ended exchanges by status class, 1xx at index 1; index 0 had no status. */
  readonly classes: Uint32Array
  rejected: number
  faults: number
  bytesIn: number
  bytesOut: number
  endpointTimeUs: number
  readonly buckets: Uint32Array
}

// Words of a block: status classes, then these; doubles from byte 32 on; the histogram from byte 64.
const rejectedWord = 6
const faultsWord = 7
const bytesInDouble = 4
const bytesOutDouble = 5
const endpointTimeDouble = 6
const bucketsWord = 16
const blockWords = statsBytes / 4

/** Index into `slab.counts` where this thread's block of that slot begins. */
export function statsAt(slab: Slab, thread: number, slot: number): number {
  return (thread * slab.capacity + slot) * blockWords
}

/**
 * Counts one ended exchange in the block at `at` (see `statsAt`). A block has one writer, so plain adds are exact:
 * 6 ns for all of them, 33 ns and no byte totals with `Atomics.add`. The class comes last: whoever sees it grow sees the rest.
 */
export function countExchange(slab: Slab, at: number, outcome: ExchangeOutcome): void {
  const { counts, bytes } = slab
  const doubles = at >>> 1
  const { status } = outcome
  bytes[doubles + bytesInDouble] += outcome.bytesIn
  bytes[doubles + bytesOutDouble] += outcome.bytesOut
  bytes[doubles + endpointTimeDouble] += outcome.endpointTimeUs
  // How long a tunnel was open says nothing about how fast anything was.
  if (status !== 101) counts[at + bucketsWord + latencyBucket(outcome.durationUs)] += 1
  if (outcome.isRejected) counts[at + rejectedWord] += 1
  counts[at + (status >= 100 && status < 600 ? (status / 100) | 0 : 0)] += 1
}

/**
 * Counts why an exchange was refused, before `countExchange` says that it was: whoever sees the one sees the other. The reason is
 * an index that all threads agree on. All threads share the cell: refusals are rare enough for an atomic add.
 */
export function countReason(slab: Slab, slot: number, reason: number): void {
  Atomics.add(slab.reasons, slot * reasonWords + reason, 1)
}

/** Counts one attempt at an endpoint that failed, whether or not another attempt then succeeded. */
export function countFault(slab: Slab, at: number): void {
  slab.counts[at + faultsWord] += 1
}

/** All zero; `readStats` fills it. */
export function createSlotStats(): SlotStats {
  return {
    classes: new Uint32Array(6),
    rejected: 0,
    faults: 0,
    bytesIn: 0,
    bytesOut: 0,
    endpointTimeUs: 0,
    buckets: new Uint32Array(bucketCount),
  }
}

/** Sums a slot over all threads, into `into` when the caller reads many. */
export function readStats(slab: Slab, slot: number, into: SlotStats = createSlotStats()): SlotStats {
  const { counts, bytes } = slab
  into.classes.fill(0)
  into.buckets.fill(0)
  into.rejected = into.faults = into.bytesIn = into.bytesOut = into.endpointTimeUs = 0
  for (let thread = 0; thread < slab.threads; thread++) {
    const at = statsAt(slab, thread, slot)
    const doubles = at >>> 1
    for (let i = 0; i < 6; i++) into.classes[i] += counts[at + i]
    into.rejected = (into.rejected + counts[at + rejectedWord]) >>> 0
    into.faults = (into.faults + counts[at + faultsWord]) >>> 0
    into.bytesIn += bytes[doubles + bytesInDouble]
    into.bytesOut += bytes[doubles + bytesOutDouble]
    into.endpointTimeUs += bytes[doubles + endpointTimeDouble]
    for (let i = 0; i < bucketCount; i++) into.buckets[i] += counts[at + bucketsWord + i]
  }
  return into
}

/** A slot's refusals by reason; they wrap at 2^32 as well. */
export function readReasons(slab: Slab, slot: number): Uint32Array {
  return slab.reasons.slice(slot * reasonWords, (slot + 1) * reasonWords)
}

/** Changes whenever a counter of the slot does: a cheap look (one cache line per thread) before `readStats`. */
export function statsFingerprint(slab: Slab, slot: number): number {
  const { counts } = slab
  let sum = 0
  for (let thread = 0; thread < slab.threads; thread++) {
    const at = statsAt(slab, thread, slot)
    for (let i = 0; i < 8; i++) sum = (sum + counts[at + i]) >>> 0
  }
  return sum
}

/** Makes a slot as new for its next owner. Only while nobody counts there. */
export function zeroStats(slab: Slab, slot: number): void {
  let hasReasons = false
  for (let thread = 0; thread < slab.threads; thread++) {
    const at = statsAt(slab, thread, slot)
    hasReasons ||= slab.counts[at + rejectedWord] !== 0
    slab.counts.fill(0, at, at + blockWords)
  }
  // Most slots have none, and their memory has never been touched.
  if (hasReasons) slab.reasons.fill(0, slot * reasonWords, (slot + 1) * reasonWords)
}
