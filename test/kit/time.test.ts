import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTime, renderSeconds, renderTime } from '../../src/kit/time.ts'

const noonMs = Date.UTC(2026, 10, 20, 12)

const times: readonly (readonly [text: string, ms: number | undefined])[] = [
  ['2026-11-20T12:00:00Z', noonMs],
  ['2026-11-20t12:00:00.250z', noonMs + 250],
  ['2026-11-20 12:00:00Z', noonMs],
  ['2026-11-20T14:00:00+02:00', noonMs],
  ['2026-11-20T12:00:00', noonMs],
  ['2026-11-20 12:00', noonMs],
  ['2026-11-20', Date.UTC(2026, 10, 20)],
  ['2026-99-99', undefined],
  ['2026-11-20T25:00:00Z', undefined],
  ['2026-11-20T12', undefined],
  ['2026-11-20 noon', undefined],
  ['1795176000000', undefined],
  ['', undefined],
]

for (const [text, ms] of times) {
  test(`the time "${text}" is ${ms ?? 'refused'}, also far from Greenwich`, (t) => {
    const before = process.env.TZ
    t.after(() => setZone(before))
    setZone('America/New_York')
    assert.equal(parseTime(text), ms)
  })
}

test('a time is told in UTC', () => {
  assert.equal(renderTime(noonMs + 5), '2026-11-20T12:00:00.005Z')
  assert.equal(renderSeconds(noonMs + 5), '2026-11-20 12:00:00Z')
})

function setZone(zone: string | undefined) {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
}
