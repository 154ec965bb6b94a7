import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { findKeyedCell, keyedCapacity, keyedLocks } from '../../src/slab/keyed-cells.ts'
import { breakLocks, lockWords } from '../../src/slab/lock.ts'
import { createSlab } from '../../src/slab/slab.ts'
import type { KeyedFinderData } from '../support/keyed-finder.ts'
import { supportModule } from '../support/support-module.ts'

function start(threads = 1) {
  const slab = createSlab({ threads, ringBytes: 65_536 })
  return { slab, find: (value: string, owner = 7, now = 0) => findKeyedCell(slab, 0, { owner, value, now }) }
}

test('a value keeps its cell, and others and other owners have other ones', () => {
  const { find } = start()
  const values = Array.from({ length: 10_000 }, (_, index) => `client-${index}`)
  const cells = values.map((value) => find(value))
  assert.equal(new Set([...cells, ...values.map((value) => find(value, 8))]).size, 20_000)
  assert.deepEqual(
    values.map((value) => find(value)),
    cells,
  )
  assert.equal(find(''), find(''))
})

test('a new cell is a full bucket, whatever was there before', () => {
  const { slab, find } = start()
  // Far more values than there is room for, each with something used.
  for (let index = 0; index < 2 * keyedCapacity; index++) {
    const cell = find(`value ${index}`)
    assert.ok(slab.keyedTimes[cell] === 0, String(index))
    slab.keyedTimes[cell] = 1_000 + index
  }
})

test('of cells that are taken one goes whose bucket is full again', () => {
  const { slab, find } = start()
  const cell = find('busy')
  slab.keyedTimes[cell] = 2 ** 50
  for (let index = 0; index < 2 * keyedCapacity; index++) slab.keyedTimes[find(`idle ${index}`)] = index
  assert.equal(find('busy'), cell)
  assert.equal(slab.keyedTimes[cell], 2 ** 50)
})

test('a flood of values takes no cell in use from another owner, and nearly all of those that are full again', () => {
  const { slab, find } = start()
  const now = 1e6
  const busy = Array.from({ length: 10_000 }, (_, index) => find(`client ${index}`, 7, now))
  for (const cell of busy) slab.keyedTimes[cell] = now + 1
  const idle = Array.from({ length: 10_000 }, (_, index) => find(`client ${index}`, 8, now))
  for (const cell of idle) slab.keyedTimes[cell] = now - 1
  // The flood's own buckets take far longer to be full again than anybody else's.
  for (let index = 0; index < 2 * keyedCapacity; index++) {
    slab.keyedTimes[find(`random ${index}`, 9, now)] = now + 1e12 + index
  }
  assert.deepEqual(
    busy.map((cell) => slab.keyedTimes[cell]),
    busy.map(() => now + 1),
  )
  assert.ok(idle.filter((cell) => slab.keyedTimes[cell] === now - 1).length < 500)
})

test('threads that meet a value at once give it one cell', async () => {
  const { slab, find } = start(4)
  const values = 20_000
  const found = await Promise.all(
    Array.from({ length: 4 }, async (_, thread) => {
      const workerData: KeyedFinderData = { slab: slab.shared, thread, owner: 7, values }
      const [cells] = await once(new Worker(supportModule('keyed-finder'), { workerData }), 'message')
      return cells as readonly number[]
    }),
  )
  for (const cells of found) assert.deepEqual(cells, found[0])
  assert.equal(find('value 0'), found[0][0])
})

test('the locks of a dead thread are broken, those of others are not', () => {
  const { slab } = start(2)
  for (let lock = 0; lock < keyedLocks; lock++) slab.keyedLocks[lock * lockWords] = 1 + (lock & 1)
  breakLocks(slab.keyedLocks, 1)
  const held = Array.from({ length: keyedLocks }, (_, lock) => slab.keyedLocks[lock * lockWords])
  assert.deepEqual(new Set(held), new Set([0, 2]))
})
