import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { inFlight, leave } from '../../src/slab/gauges.ts'
import { takeLock } from '../../src/slab/lock.ts'
import { enterBelow, lockOf } from '../../src/slab/places.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { zeroThread } from '../../src/slab/zero-thread.ts'
import type { PlaceTakerData } from '../support/place-taker.ts'
import { supportModule } from '../support/support-module.ts'

test('there are as many places as are said, whoever takes them, and one that is left is free again', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  assert.deepEqual(
    [0, 1, 1, 0].map((thread) => enterBelow(slab, thread, 7, 3)),
    [true, true, true, false],
  )
  leave(slab, 1, 7)
  assert.ok(enterBelow(slab, 0, 7, 3))
  assert.ok(!enterBelow(slab, 1, 7, 3))
  assert.ok(enterBelow(slab, 1, 7, 0), 'without a bound there is always one')
  assert.equal(inFlight(slab, 7), 4)
})

test('a thread that dies leaves its places and the lock', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  assert.ok(enterBelow(slab, 1, 7, 1))
  takeLock(slab.gaugeLocks, lockOf(7), 2)
  zeroThread(slab, 1)
  assert.ok(enterBelow(slab, 0, 7, 1))
})

test('four threads that take and leave at once are never more than may be', async () => {
  const slab = createSlab({ threads: 4, ringBytes: 65_536 })
  const seen = await Promise.all(
    Array.from({ length: 4 }, async (_, thread) => {
      const workerData: PlaceTakerData = { slab: slab.shared, thread, slot: 7, most: 2, tries: 100_000 }
      const [result] = await once(new Worker(supportModule('place-taker'), { workerData }), 'message')
      return result as { mostSeen: number; taken: number }
    }),
  )
  assert.ok(
    seen.every(({ mostSeen, taken }) => mostSeen <= 2 && taken > 0),
    JSON.stringify(seen),
  )
  assert.equal(inFlight(slab, 7), 0)
})
