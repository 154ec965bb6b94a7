import { bucketCount } from '../slab/histogram.ts'
import type { Slab } from '../slab/slab.ts'
import { createSlotStats, readReasons, readStats, statsFingerprint } from '../slab/stats.ts'
import type { SlotStats } from '../slab/stats.ts'
import { addCounts, createCounts } from './counts.ts'
import type { Counts } from './counts.ts'
import type { OwnerKind } from './ledger-file.ts'
import { sumUsage } from './usage.ts'
import type { Usage } from './usage.ts'

const reading = createSlotStats()

/** What an owner's account says: what its counters showed when the minute began, and what was counted since. */
export interface Account {
  readonly before: Counts
  readonly counts: Counts | undefined
  readonly usage: Usage | undefined
}

/**
 * An owner whose slot the recorder reads: what it counted in the minute under way, and in the hour before that minute. Most of
 * many owners are idle: what takes two kilobytes exists only where something was counted.
 */
export class CountedOwner {
  readonly kind: OwnerKind
  readonly id: number
  readonly slot: number
  /** Of the minute under way; undefined when nothing was counted. */
  counts: Counts | undefined = undefined
  /** Of the hour under way, up to that minute. */
  usage: Usage | undefined = undefined
  /** Its account holds all of `counts`. */
  isWritten = true
  /** Its account exists, and `counts` is all that is new since the minute began. */
  hasAccount = false
  /** The slot as it was read last; undefined means all zero. */
  #last: SlotStats | undefined = undefined
  #lastReasons: Uint32Array | undefined = undefined
  #fingerprint = 0

  constructor(kind: OwnerKind, id: number, slot: number) {
    this.kind = kind
    this.id = id
    this.slot = slot
  }

  /** Goes on from what a recorder before wrote in this run. `codes` as in `look`. */
  resume({ before, counts, usage }: Account, codes: readonly string[]): void {
    const total = createCounts()
    addCounts(total, before)
    if (counts !== undefined) addCounts(total, counts)
    const last = (this.#last ??= createSlotStats())
    last.classes.set(total.classes)
    last.rejected = total.rejected >>> 0
    last.faults = total.faults >>> 0
    last.bytesIn = total.bytesIn
    last.bytesOut = total.bytesOut
    last.endpointTimeUs = total.endpointTimeUs
    last.buckets.set(total.buckets)
    this.#lastReasons = Uint32Array.from(codes, (code) => total.reasons.get(code) ?? 0)
    this.counts = counts
    this.usage = usage
    this.hasAccount = true
    // Not a fingerprint that the slot can have by accident: the first look always reads it whole.
    this.#fingerprint = -1
  }

  /** Goes on where the same owner stopped that had another slot. */
  takeOver({ counts, usage }: CountedOwner): void {
    this.counts = counts
    this.usage = usage
    this.isWritten = false
  }

  /** Adds what happened since the last look. `codes` says which refusal has which index. */
  look(slab: Slab, codes: readonly string[]): void {
    const fingerprint = statsFingerprint(slab, this.slot)
    if (fingerprint === this.#fingerprint) return
    this.#fingerprint = fingerprint
    readStats(slab, this.slot, reading)
    const last = (this.#last ??= createSlotStats())
    if (wasZeroed(reading, last)) {
      this.hasAccount = false
      this.isWritten = false
      this.#lastReasons = undefined
      copyStats(reading, last)
      return
    }
    const counts = (this.counts ??= createCounts())
    for (let i = 0; i < 6; i++) counts.classes[i] += (reading.classes[i] - last.classes[i]) >>> 0
    for (let i = 0; i < bucketCount; i++) counts.buckets[i] += (reading.buckets[i] - last.buckets[i]) >>> 0
    const rejected = (reading.rejected - last.rejected) >>> 0
    if (rejected > 0) this.#addReasons(readReasons(slab, this.slot), codes)
    counts.rejected += rejected
    counts.faults += (reading.faults - last.faults) >>> 0
    counts.bytesIn += reading.bytesIn - last.bytesIn
    counts.bytesOut += reading.bytesOut - last.bytesOut
    counts.endpointTimeUs += reading.endpointTimeUs - last.endpointTimeUs
    this.isWritten = false
    copyStats(reading, last)
  }

  /** What the slot showed before these were counted. */
  shownBefore(counts: Counts, codes: readonly string[]): Counts {
    const before = createCounts()
    const last = this.#last ?? createSlotStats()
    for (let i = 0; i < 6; i++) before.classes[i] = last.classes[i] - counts.classes[i]
    for (let i = 0; i < bucketCount; i++) before.buckets[i] = last.buckets[i] - counts.buckets[i]
    before.rejected = last.rejected - counts.rejected
    before.faults = last.faults - counts.faults
    before.bytesIn = last.bytesIn - counts.bytesIn
    before.bytesOut = last.bytesOut - counts.bytesOut
    before.endpointTimeUs = last.endpointTimeUs - counts.endpointTimeUs
    for (const [index, code] of codes.entries()) {
      const shown = (this.#lastReasons?.[index] ?? 0) - (counts.reasons.get(code) ?? 0)
      if (shown !== 0) before.reasons.set(code, shown)
    }
    return before
  }

  /** The minute is over, and perhaps the hour; all of it is in the ledger. */
  turn({ isHourOver }: { isHourOver: boolean }): void {
    this.usage = isHourOver ? undefined : sumUsage(this.usage, this.counts)
    this.counts = undefined
  }

  #addReasons(now: Uint32Array, codes: readonly string[]): void {
    const { reasons } = this.counts!
    for (let i = 0; i < codes.length; i++) {
      const more = (now[i] - (this.#lastReasons?.[i] ?? 0)) >>> 0
      if (more > 0) reasons.set(codes[i], (reasons.get(codes[i]) ?? 0) + more)
    }
    this.#lastReasons = now
  }
}

function copyStats(from: SlotStats, into: SlotStats): void {
  into.classes.set(from.classes)
  into.buckets.set(from.buckets)
  into.rejected = from.rejected
  into.faults = from.faults
  into.bytesIn = from.bytesIn
  into.bytesOut = from.bytesOut
  into.endpointTimeUs = from.endpointTimeUs
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
