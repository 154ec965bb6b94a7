import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latencyBucket } from '../../src/slab/histogram.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { countExchange, countFault, readStats, statsAt, statsFingerprint, zeroStats } from '../../src/slab/stats.ts'

const outcome = { status: 200, isRejected: false, bytesIn: 10, bytesOut: 2 ** 33, durationUs: 1_000, endpointTimeUs: 0 }

test('a slot sums what all threads counted there, and nothing of its neighbours', () => {
  const slab = createSlab({ threads: 3, ringBytes: 65_536 })
  for (const thread of [0, 2]) {
    countExchange(slab, statsAt(slab, thread, 7), outcome)
    countExchange(slab, statsAt(slab, thread, 7), { ...outcome, status: 429, isRejected: true })
    countExchange(slab, statsAt(slab, thread, 7), { ...outcome, status: 0 })
    countFault(slab, statsAt(slab, thread, 7))
    countExchange(slab, statsAt(slab, thread, 8), outcome)
  }
  const stats = readStats(slab, 7)
  assert.deepEqual([...stats.classes], [2, 0, 2, 0, 2, 0])
  assert.deepEqual([stats.rejected, stats.faults, stats.bytesIn, stats.bytesOut], [2, 2, 60, 6 * 2 ** 33])
  assert.equal(stats.buckets[latencyBucket(1_000)], 6)
  assert.equal(readStats(slab, 6).classes[2], 0)
})

test('the last slot of the last thread has its own counters', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  countExchange(slab, statsAt(slab, 1, slab.capacity - 1), outcome)
  assert.equal(readStats(slab, slab.capacity - 1).bytesOut, 2 ** 33)
  assert.equal(readStats(slab, 0).bytesOut, 0)
})

test('a status that no class has is counted as none', () => {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  for (const status of [0, 99, 600, 999]) countExchange(slab, statsAt(slab, 0, 1), { ...outcome, status })
  assert.equal(readStats(slab, 1).classes[0], 4)
})

test('a tunnel is counted, and how long it was open is no latency', () => {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  countExchange(slab, statsAt(slab, 0, 1), { ...outcome, status: 101, durationUs: 3_600_000_000 })
  const stats = readStats(slab, 1)
  assert.deepEqual([stats.classes[1], stats.bytesIn, stats.bytesOut], [1, 10, 2 ** 33])
  assert.ok(stats.buckets.every((count) => count === 0))
})

test('counts wrap at 2^32 so that differences stay right', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  slab.counts[statsAt(slab, 0, 1) + 2] = 2 ** 32 - 1
  const before = readStats(slab, 1).classes[2]
  countExchange(slab, statsAt(slab, 0, 1), outcome)
  countExchange(slab, statsAt(slab, 1, 1), outcome)
  assert.equal((readStats(slab, 1).classes[2] - before) >>> 0, 2)
})

test('the fingerprint moves with every counter, and zeroing clears them all', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const first = statsFingerprint(slab, 5)
  countExchange(slab, statsAt(slab, 1, 5), outcome)
  const second = statsFingerprint(slab, 5)
  countFault(slab, statsAt(slab, 0, 5))
  assert.equal(new Set([first, second, statsFingerprint(slab, 5)]).size, 3)
  zeroStats(slab, 5)
  assert.equal(statsFingerprint(slab, 5), first)
  assert.equal(readStats(slab, 5).bytesOut, 0)
})
