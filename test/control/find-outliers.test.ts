import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findOutliers } from '../../src/control/find-outliers.ts'

const rules = { minRequests: 100, deviation: 1.9, fewest: 5 }
const sample = (failed: number, done = 1_000) => ({ done, failed })
const indexes = (samples: { done: number; failed: number }[], changes = {}) =>
  findOutliers(samples, { ...rules, ...changes }).map(({ index }) => index)

test('who succeeds much less often than the others stands out', () => {
  const samples = [sample(1), sample(3), sample(0), sample(200), sample(2), sample(1)]
  assert.deepEqual(findOutliers(samples, rules), [
    {
      index: 3,
      reason: '80.0% of its requests succeeded, 96.5% on average, less than 82.5% stands out',
    },
  ])
})

test('all alike, however bad, nobody does', () => {
  assert.deepEqual(indexes(Array.from({ length: 10 }, () => sample(900))), [])
})

test('fewer than five with enough requests are not compared', () => {
  assert.deepEqual(indexes([sample(0), sample(0), sample(0), sample(900)]), [])
  assert.deepEqual(indexes([sample(0), sample(0), sample(0), sample(0), sample(0), sample(99, 99)]), [])
  assert.deepEqual(indexes([sample(0), sample(0), sample(0), sample(0), sample(0), sample(100, 100)]), [5])
})

test('a smaller deviation finds more', () => {
  const samples = [sample(0), sample(0), sample(100), sample(100), sample(0), sample(0)]
  assert.deepEqual(indexes(samples), [])
  assert.deepEqual(indexes(samples, { deviation: 1 }), [2, 3])
})
