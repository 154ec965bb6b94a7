import assert from 'node:assert/strict'
import test from 'node:test'
import { WriteBatch } from '../../src/wire/write-batch.ts'

test('pieces leave together, once', () => {
  const batch = new WriteBatch()
  const owner = {}
  batch.claim(owner).addText('head\r\n')
  batch.claim(owner).addBytes(Buffer.from('xxhelloxx'), 2, 7)
  assert.equal(batch.take().toString(), 'head\r\nhello')
  assert.ok(batch.isEmptyFor(owner))
})

test('bytes of one owner never leave with those of another', () => {
  const batch = new WriteBatch()
  const [one, other] = [{}, {}]
  batch.claim(one).addText('one')
  assert.throws(() => batch.claim(other), /another connection/)
  assert.ok(batch.isEmptyFor(other))
  batch.discard(other)
  assert.ok(!batch.isEmptyFor(one))
  batch.discard(one)
  batch.claim(other).addText('other')
  assert.equal(batch.take().toString(), 'other')
})

test('it says when there is no room', () => {
  const batch = new WriteBatch()
  assert.ok(batch.hasRoom(64 * 1024))
  batch.claim(batch).addBytes(Buffer.alloc(150 * 1024), 0, 150 * 1024)
  assert.ok(!batch.hasRoom(64 * 1024))
})
