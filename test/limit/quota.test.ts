import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../src/kit/random.ts'
import { chargeQuota, leftOfQuota, readQuota, restoreQuota } from '../../src/limit/quota.ts'
import type { QuotaRuntime } from '../../src/limit/quota.ts'
import { quotaWords } from '../../src/slab/layout.ts'

const day = 86_400_000
const noonMs = Date.parse('2026-11-30T12:00Z')

function create(changes: Partial<QuotaRuntime> = {}) {
  const cells = new Float64Array(2 * quotaWords)
  const written: { startMs: number; granted: number; atMs: number }[] = []
  let nowMs = noonMs
  const rest = { period: 'day', timeZone: 'UTC', lock: 0, startMs: 0, endMs: 0 } as const
  const quota: QuotaRuntime = {
    index: 1,
    name: 'tenant/requests/day',
    unit: 'requests',
    amount: 10,
    ...rest,
    ...changes,
  }
  const writer = {
    write: (_: number, startMs: number, granted: number) => written.push({ startMs, granted, atMs: nowMs }),
  }
  return {
    cells,
    quota,
    written,
    at: (timeMs: number) => {
      nowMs = timeMs
    },
    left: () => leftOfQuota(cells, quota, nowMs),
    take: (units = 1) => {
      if (leftOfQuota(cells, quota, nowMs) <= 0) return false
      chargeQuota(cells, quota, { units, nowMs, writer })
      return true
    },
  }
}

test('a window has what it has, and the next one has it anew', () => {
  const { at, take, left } = create()
  assert.equal(Array.from({ length: 12 }, () => take()).filter(Boolean).length, 10)
  at(noonMs + day / 2 - 1)
  assert.equal(take(), false)
  at(noonMs + day / 2)
  assert.equal(left(), 10)
  assert.equal(take(), true)
})

test('a clock that is set back gives nothing again', () => {
  const { at, take, left } = create({ period: 'month' })
  const december = Date.parse('2026-12-01T00:00:01Z')
  at(december)
  for (let count = 0; count < 8; count++) take()
  at(december - 5_000)
  assert.equal(left(), 2, 'the window that had begun goes on')
  assert.equal(take(), true)
  at(december)
  assert.equal(left(), 1, 'and is the same when it comes again')
})

test('a clock that was years ahead does not close a quota for years', () => {
  const { at, take, left } = create()
  at(Date.parse('2031-01-01T00:00Z'))
  for (let count = 0; count < 10; count++) take()
  at(noonMs)
  assert.equal(left(), 0, 'what was used counts today')
  at(noonMs + day)
  assert.equal(left(), 10)
})

test('another amount keeps what was used', () => {
  const { cells, quota, take, left } = create()
  for (let count = 0; count < 10; count++) take()
  assert.equal(left(), 0)
  assert.equal(leftOfQuota(cells, { ...quota, amount: 15 }, noonMs), 5)
  assert.equal(leftOfQuota(cells, { ...quota, amount: 5 }, noonMs), -5)
})

test('nothing is used that was not written down before, and at most what a fraction of a second uses is written ahead', () => {
  for (const perSecond of [0.1, 1, 30, 2_000, 20_000]) {
    const { cells, quota, at, take, written } = create({ amount: 1e9 })
    const random = new Random(perSecond)
    let mostAhead = 0
    for (let count = 0, timeMs = noonMs; count < Math.max(50, perSecond * 4); count++) {
      timeMs += (2_000 / perSecond) * random.fraction()
      at(timeMs)
      take()
      const { used } = readQuota(cells, quota.index)
      const { granted } = written.at(-1)!
      assert.ok(granted >= used, `${granted} granted, ${used} used`)
      mostAhead = Math.max(mostAhead, granted - used)
    }
    assert.ok(mostAhead <= 0.5 * perSecond + 2, `${mostAhead} ahead at ${perSecond}/s`)
    const seconds = (written.at(-1)!.atMs - noonMs) / 1_000
    assert.ok(written.length <= 20 * seconds + 20, `${written.length} written in ${seconds} s at ${perSecond}/s`)
  }
})

test('grants never go beyond the amount, unless more was used', () => {
  const { take, written, quota, cells } = create({ amount: 100, unit: 'bytes' })
  while (take(7));
  assert.equal(readQuota(cells, quota.index).used, 105)
  assert.ok(written.every(({ granted }) => granted <= 105))
})

test('use begins at what was granted last', () => {
  const { cells, quota, left, at } = create()
  restoreQuota(cells, quota.index, { startMs: Date.parse('2026-11-30T00:00Z'), granted: 4 })
  assert.equal(left(), 6)
  at(noonMs + day)
  assert.equal(left(), 10)
})
