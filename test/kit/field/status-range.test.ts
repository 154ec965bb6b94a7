import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusMatches, statusRangeKind } from '../../../src/kit/field/status-range.ts'

test('a status range is read in one normal form, and all else is refused', () => {
  const good = ['200', '200-399', '204-204'].map((text) => statusRangeKind.parse(text, 'status'))
  assert.deepEqual(good, ['200', '200-399', '204'])
  for (const text of ['', '99', '600', '399-200', '2xx', '200-', '-200', '200-299-399']) {
    assert.throws(() => statusRangeKind.parse(text, 'status'), { code: 'usage' }, text)
  }
})

test('both ends of a range belong to it', () => {
  const matching = [199, 200, 399, 400].filter((status) => statusMatches('200-399', status))
  assert.deepEqual(matching, [200, 399])
  assert.deepEqual([statusMatches('204', 204), statusMatches('204', 205)], [true, false])
})
