import { bucketCount } from '../slab/histogram.ts'
import type { Slab } from '../slab/slab.ts'
import { createSlotStats, readStats, statsFingerprint } from '../slab/stats.ts'
import type { SlotStats } from '../slab/stats.ts'
import type { OwnerKind } from './ledger-file.ts'

/** Numbers of one owner, summed over some time. */
export interface Counts {
  /** No status, then 1xx to 5xx. */
  readonly classes: Float64Array
  rejected: number
  faults: number
  bytesIn: number
  bytesOut: number
  readonly buckets: Float64Array
}

const reading = createSlotStats()

/**
 * An owner whose slot the recorder reads: what it counted in the minute under way. Most of many owners are idle: what
 * takes a kilobyte and a half exists only where something was counted.
 */
export class CountedOwner {
  readonly kind: OwnerKind
  readonly id: number
  readonly slot: number
  /** Counts of `minute`: what its row says, or will say when it is written next. Undefined when nothing was counted. */
  counts: Counts | undefined = undefined
  minute = -1
  isWritten = true
  /** The slot as it was read last; undefined means all zero. */
  #last: SlotStats | undefined = undefined
  #fingerprint = 0

  constructor(kind: OwnerKind, id: number, slot: number) {
    this.kind = kind
    this.id = id
    this.slot = slot
  }

  /** Goes on from what a recorder before wrote in this run: all of it, and the row of the minute under way. */
  resume(total: Counts, minute: number, counts: Counts | undefined): void {
    const last = (this.#last ??= createSlotStats())
    last.classes.set(total.classes)
    last.rejected = total.rejected >>> 0
    last.faults = total.faults >>> 0
    last.bytesIn = total.bytesIn
    last.bytesOut = total.bytesOut
    last.buckets.set(total.buckets)
    this.turnTo(minute, counts ?? noCounts)
    // Not a fingerprint that the slot can have by accident: the first look always reads it whole.
    this.#fingerprint = -1
  }

  /** Makes `counts` those of that minute's row so far. */
  turnTo(minute: number, counts: Counts): void {
    this.minute = minute
    if (this.counts === undefined) this.counts = createCounts()
    else zeroCounts(this.counts)
    addCounts(this.counts, counts)
  }

  /** Adds what happened since the last look to the row of that minute. */
  look(slab: Slab, minute: number): void {
    const fingerprint = statsFingerprint(slab, this.slot)
    if (fingerprint === this.#fingerprint) return this.#rest(minute)
    this.#fingerprint = fingerprint
    readStats(slab, this.slot, reading)
    const last = (this.#last ??= createSlotStats())
    if (wasZeroed(reading, last)) {
      copyStats(reading, last)
      return
    }
    if (this.minute !== minute || this.counts === undefined) this.turnTo(minute, noCounts)
    const counts = this.counts!
    for (let i = 0; i < 6; i++) counts.classes[i] += (reading.classes[i] - last.classes[i]) >>> 0
    for (let i = 0; i < bucketCount; i++) counts.buckets[i] += (reading.buckets[i] - last.buckets[i]) >>> 0
    counts.rejected += (reading.rejected - last.rejected) >>> 0
    counts.faults += (reading.faults - last.faults) >>> 0
    counts.bytesIn += reading.bytesIn - last.bytesIn
    counts.bytesOut += reading.bytesOut - last.bytesOut
    this.isWritten = false
    copyStats(reading, last)
  }

  /** Nothing was counted since: the row of a minute that is over needs no more. */
  #rest(minute: number): void {
    if (this.isWritten && this.minute !== minute) this.counts = undefined
  }
}

export function createCounts(): Counts {
  return {
    classes: new Float64Array(6),
    rejected: 0,
    faults: 0,
    bytesIn: 0,
    bytesOut: 0,
    buckets: new Float64Array(bucketCount),
  }
}

/** Adds every number of `more` to `into`. */
export function addCounts(into: Counts, more: Counts): void {
  for (let i = 0; i < 6; i++) into.classes[i] += more.classes[i]
  for (let i = 0; i < bucketCount; i++) into.buckets[i] += more.buckets[i]
  into.rejected += more.rejected
  into.faults += more.faults
  into.bytesIn += more.bytesIn
  into.bytesOut += more.bytesOut
}

const noCounts = createCounts()

function zeroCounts(counts: Counts): void {
  counts.classes.fill(0)
  counts.buckets.fill(0)
  counts.rejected = counts.faults = counts.bytesIn = counts.bytesOut = 0
}

function copyStats(from: SlotStats, into: SlotStats): void {
  into.classes.set(from.classes)
  into.buckets.set(from.buckets)
  into.rejected = from.rejected
  into.faults = from.faults
  into.bytesIn = from.bytesIn
  into.bytesOut = from.bytesOut
}

/**
 * The slot was zeroed for its next owner, whose name is still on its way. Byte totals never wrap and never shrink
 * otherwise; a count that moved by more than 2^31 went backwards.
 */
function wasZeroed(now: SlotStats, last: SlotStats): boolean {
  if (now.bytesIn < last.bytesIn || now.bytesOut < last.bytesOut) return true
  for (let i = 0; i < 6; i++) if ((now.classes[i] - last.classes[i]) >>> 0 > 2 ** 31) return true
  return false
}
