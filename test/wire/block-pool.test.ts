import assert from 'node:assert/strict'
import test from 'node:test'
import { BlockPool } from '../../src/wire/block-pool.ts'

test('a block that was given back is used again', () => {
  const pool = new BlockPool()
  const block = pool.take(20_000)
  assert.ok(block.length >= 20_000)
  assert.notEqual(pool.take(20_000), block)
  pool.giveBack(block)
  assert.equal(pool.take(64 * 1024), block)
})

test('larger parts have memory of their own, which is not kept', () => {
  const pool = new BlockPool()
  const large = pool.take(100_000)
  assert.equal(large.length, 100_000)
  pool.giveBack(large)
  assert.notEqual(pool.take(1), large)
})

test('no more than a few blocks are kept', () => {
  const pool = new BlockPool()
  const blocks = new Set(Array.from({ length: 100 }, () => pool.take(1)))
  for (const block of blocks) pool.giveBack(block)
  const again = Array.from({ length: 100 }, () => pool.take(1)).filter((block) => blocks.has(block))
  assert.equal(again.length, 16)
})
