import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bucketCount, bucketUpperUs, latencyBucket, percentileUs } from '../../src/slab/histogram.ts'

test('every duration lies between the ends of its bucket', () => {
  for (let us = 1; us < 2 ** 28; us = Math.ceil(us * 1.01)) {
    const bucket = latencyBucket(us)
    assert.ok(us < bucketUpperUs(bucket), `${us} is above bucket ${bucket}`)
    assert.ok(bucket === 0 || us >= bucketUpperUs(bucket - 1), `${us} is below bucket ${bucket}`)
  }
})

test('buckets grow by at most a quarter, up to 268 s', () => {
  for (let i = 1; i < bucketCount; i++) {
    const growth = bucketUpperUs(i) / bucketUpperUs(i - 1)
    assert.ok(growth > 1 && growth <= 1.25, `bucket ${i} grows by ${growth}`)
  }
  assert.equal(bucketUpperUs(bucketCount - 1), 2 ** 28)
})

test('durations outside the range fall into the first and the last bucket', () => {
  assert.equal(latencyBucket(0), 0)
  assert.equal(latencyBucket(-5), 0)
  assert.equal(latencyBucket(0.4), 0)
  assert.equal(latencyBucket(2 ** 28), bucketCount - 1)
  assert.equal(latencyBucket(2 ** 40), bucketCount - 1)
})

test('percentiles are within a quarter of the true ones', () => {
  const durations = Array.from({ length: 10_000 }, (_, i) => Math.round(50 * 1.001 ** i))
  const buckets = new Uint32Array(bucketCount)
  for (const us of durations) buckets[latencyBucket(us)]++
  for (const share of [0.01, 0.5, 0.9, 0.95, 0.99, 1]) {
    const exact = durations[Math.ceil(durations.length * share) - 1]
    const estimate = percentileUs(buckets, share)
    assert.ok(Math.abs(estimate - exact) <= exact * 0.25, `p${share * 100}: ${estimate} for ${exact}`)
  }
})

test('the percentile of nothing is 0', () => {
  assert.equal(percentileUs(new Uint32Array(bucketCount), 0.5), 0)
})
