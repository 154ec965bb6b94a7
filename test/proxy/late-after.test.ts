import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LateAfter } from '../../src/proxy/late-after.ts'

function observe(lateAfter: LateAfter, times: number, us: (at: number) => number): void {
  for (let at = 0; at < times; at++) lateAfter.observe(us(at))
}

test('nothing is late before a hundred answers were seen', () => {
  const lateAfter = new LateAfter()
  observe(lateAfter, 99, () => 5_000)
  assert.equal(lateAfter.ms, undefined)
  lateAfter.observe(5_000)
  assert.ok(lateAfter.ms !== undefined && Math.abs(lateAfter.ms - 5) < 1.25, String(lateAfter.ms))
})

test('late is what 19 of 20 are not', () => {
  const lateAfter = new LateAfter()
  observe(lateAfter, 1_000, (at) => (at % 10 === 0 ? 80_000 : 10_000))
  assert.ok(lateAfter.ms !== undefined && lateAfter.ms > 60 && lateAfter.ms < 100, String(lateAfter.ms))
  const rarely = new LateAfter()
  observe(rarely, 1_000, (at) => (at % 50 === 0 ? 80_000 : 10_000))
  assert.ok(rarely.ms !== undefined && rarely.ms < 13, String(rarely.ms))
})

test('a route that has become slow is not late for ever', () => {
  const lateAfter = new LateAfter()
  observe(lateAfter, 10_000, () => 2_000)
  observe(lateAfter, 2_000, () => 300_000)
  assert.ok(lateAfter.ms !== undefined && lateAfter.ms > 240, String(lateAfter.ms))
})

test('a fast route is never late at once', () => {
  const lateAfter = new LateAfter()
  observe(lateAfter, 200, () => 100)
  assert.equal(lateAfter.ms, 1)
})
