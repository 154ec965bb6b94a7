import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRequestId, requestIdTimeMs } from '../../src/kit/uuid7.ts'

const nowMs = Date.UTC(2026, 10, 20, 12, 0, 0, 123)

test('an id is a UUIDv7 that knows when it was made', () => {
  const id = createRequestId(nowMs)
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(requestIdTimeMs(id), nowMs)
})

test('ids rise, also 20,000 in one millisecond and after time stepped back', () => {
  const times = [nowMs + 1_000, ...Array<number>(20_000).fill(nowMs + 1_000), nowMs, nowMs - 5_000, nowMs + 1_001]
  const ids = times.map((timeMs) => createRequestId(timeMs))
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
})

test('the random part does not repeat', () => {
  const tails = Array.from({ length: 5_000 }, (_, index) => createRequestId(nowMs + 60_000 + index).slice(19))
  assert.equal(new Set(tails).size, tails.length)
})

for (const text of ['', 'x', '00000000-0000-4000-8000-000000000000', `${createRequestId(nowMs)}0`]) {
  test(`"${text}" is no request id`, () => assert.equal(requestIdTimeMs(text), undefined))
}
