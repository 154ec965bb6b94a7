import { bucketCount } from '../slab/histogram.ts'

/** A histogram without its empty buckets: index and count by turns. */
export function encodeBuckets(buckets: ArrayLike<number>): number[] {
  const pairs: number[] = []
  for (let i = 0; i < bucketCount; i++) if (buckets[i] !== 0) pairs.push(i, buckets[i])
  return pairs
}

/** Adds an encoded histogram to a whole one. Counts are exact to 2^53 in a Float64Array. */
export function addEncodedBuckets(into: Float64Array | Uint32Array, pairs: readonly number[]): void {
  for (let i = 0; i < pairs.length; i += 2) into[pairs[i]] += pairs[i + 1]
}
