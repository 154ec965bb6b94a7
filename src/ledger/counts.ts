import { bucketCount } from '../slab/histogram.ts'
import { addEncodedBuckets } from './sparse-buckets.ts'

/** Numbers of one owner, summed over some time. */
export interface Counts {
  /** No status, then 1xx to 5xx. */
  readonly classes: Float64Array
  rejected: number
  faults: number
  bytesIn: number
  bytesOut: number
  /** Spent at endpoints. */
  endpointTimeUs: number
  readonly buckets: Float64Array
  /** Refused requests by the code of the refusal. */
  readonly reasons: Map<string, number>
}

export function createCounts(): Counts {
  return {
    classes: new Float64Array(6),
    rejected: 0,
    faults: 0,
    bytesIn: 0,
    bytesOut: 0,
    endpointTimeUs: 0,
    buckets: new Float64Array(bucketCount),
    reasons: new Map(),
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
  into.endpointTimeUs += more.endpointTimeUs
  addReasons(into.reasons, more.reasons)
}

export function addReasons(into: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [code, count] of more) into.set(code, (into.get(code) ?? 0) + count)
}

/** Text that `decodeCounts` reads back: JSON, put together by hand, which takes half as long. */
export function encodeCounts({ classes, buckets, reasons, ...totals }: Counts): string {
  const { rejected, faults, bytesIn, bytesOut, endpointTimeUs } = totals
  let text = '['
  for (let i = 0; i < 6; i++) text += `${classes[i]},`
  text += `${rejected},${faults},${bytesIn},${bytesOut},${endpointTimeUs}`
  for (let i = 0; i < bucketCount; i++) if (buckets[i] !== 0) text += `,${i},${buckets[i]}`
  return reasons.size === 0 ? `${text}]` : `${text},${JSON.stringify(Object.fromEntries(reasons))}]`
}

export function decodeCounts(text: string): Counts {
  const parts = JSON.parse(text) as (number | Record<string, number>)[]
  const reasons = typeof parts.at(-1) === 'object' ? parts.pop() : {}
  const numbers = parts as number[]
  const counts = createCounts()
  counts.classes.set(numbers.slice(0, 6))
  ;[counts.rejected, counts.faults, counts.bytesIn, counts.bytesOut, counts.endpointTimeUs] = numbers.slice(6, 11)
  addEncodedBuckets(counts.buckets, numbers.slice(11))
  addReasons(counts.reasons, new Map(Object.entries(reasons as Record<string, number>)))
  return counts
}
