import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeptBody } from '../../src/proxy/kept-body.ts'

const bytes = Buffer.from('0123456789'.repeat(7_000))

test('a body is kept as it came, part by part', () => {
  const body = new KeptBody({ count: 0 })
  const sizes = [1, 3, 4_000, 100, 20_000, 41_432]
  let at = 0
  for (const size of sizes) body.add(bytes, at, (at += size))
  assert.equal(at, 65_536)
  assert.ok(body.isComplete)
  assert.deepEqual(body.bytes, bytes.subarray(0, at))
})

test('what was handed out stays as it is while more comes', () => {
  const body = new KeptBody({ count: 0 })
  body.add(bytes, 0, 5_000)
  const before = body.bytes
  body.add(bytes, 7, 20_007)
  assert.deepEqual(before, bytes.subarray(0, 5_000))
})

test('a body of more than 64 KiB is not kept, and takes no memory', () => {
  const thread = { count: 0 }
  const body = new KeptBody(thread)
  body.add(bytes, 0, 65_536)
  assert.equal(thread.count, 65_536)
  body.add(bytes, 0, 1)
  assert.deepEqual([body.isComplete, body.length, thread.count], [false, 0, 0])
  body.add(bytes, 0, 1)
  assert.deepEqual([body.isComplete, thread.count], [false, 0])
})

test('small bodies take 4 KiB, and none before its first byte', () => {
  const thread = { count: 0 }
  const body = new KeptBody(thread)
  assert.equal(thread.count, 0)
  body.add(bytes, 0, 1)
  assert.equal(thread.count, 4_096)
  body.drop()
  body.drop()
  assert.equal(thread.count, 0)
})

test('a thread keeps 32 MiB at most', () => {
  const thread = { count: 0 }
  const bodies = Array.from({ length: 513 }, () => new KeptBody(thread))
  for (const body of bodies) body.add(bytes, 0, 65_536)
  assert.equal(thread.count, 512 * 65_536)
  assert.equal(bodies.filter(({ isComplete }) => isComplete).length, 512)
  bodies[0].drop()
  const late = new KeptBody(thread)
  late.add(bytes, 0, 65_536)
  assert.ok(late.isComplete)
})
