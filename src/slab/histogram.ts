/** Buckets of a latency histogram: four per octave over 28 octaves, from 1 µs to 268 s. */
export const bucketCount = 112

const maxUs = 2 ** 28

/** Bucket of a duration in whole microseconds; longer ones fall into the last. A bucket is at most 25 % wide. */
export function latencyBucket(us: number): number {
  if (us >= maxUs) return bucketCount - 1
  if (us < 1) return 0
  const whole = us | 0
  const octave = 31 - Math.clz32(whole)
  return octave * 4 + (((whole << 2) >>> octave) & 3)
}

/** Where bucket `i` ends (exclusive), in microseconds; it begins where bucket `i - 1` ends. */
export function bucketUpperUs(i: number): number {
  return 2 ** (i >> 2) * (1.25 + (i & 3) * 0.25)
}

/**
 * Duration below which that share (0 to 1) of the counted ones lies, in microseconds; 0 when nothing was counted.
 * Ranks inside a bucket are taken as evenly spread, so the answer is off by less than the bucket's width (25 %).
 */
export function percentileUs(buckets: ArrayLike<number>, share: number): number {
  let total = 0
  for (let i = 0; i < bucketCount; i++) total += buckets[i]
  if (total === 0) return 0
  const rank = Math.max(1, Math.ceil(total * share))
  let below = 0
  for (let i = 0; i < bucketCount; i++) {
    const count = buckets[i]
    if (below + count < rank) {
      below += count
      continue
    }
    const lower = i === 0 ? 1 : bucketUpperUs(i - 1)
    return lower + (bucketUpperUs(i) - lower) * ((rank - below) / count)
  }
  return maxUs
}
