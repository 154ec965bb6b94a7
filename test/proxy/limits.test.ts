import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { readQuota } from '../../src/limit/quota.ts'
import { findTightest } from '../../src/proxy/find-tightest.ts'
import { buildLimit, createLimitSet } from '../../src/proxy/limit-runtime.ts'
import { leaveLimits, settleQuotas, takeLimits } from '../../src/proxy/limits.ts'
import { inFlight } from '../../src/slab/gauges.ts'
import { limitLockOf } from '../../src/slab/limit-locks.ts'
import { createSlab } from '../../src/slab/slab.ts'
import type { LimitSnapshot, QuotaSnapshot, RateSnapshot } from '../../src/snapshot/tenant-snapshot.ts'
import { createLimited } from '../support/create-limited.ts'
import type { LimitTakerData, LimitTakerResult } from '../support/limit-taker.ts'
import { supportModule } from '../support/support-module.ts'

const slots = [11, 12, 13]

function snapshotOf(target: string, changes: Partial<LimitSnapshot>): LimitSnapshot {
  return {
    id: 1,
    target,
    level: 'tenant',
    targetId: 0,
    per: undefined,
    rate: undefined,
    concurrency: 0,
    bandwidth: 0,
    connectionBandwidth: 0,
    maxBodyBytes: undefined,
    isShadow: false,
    maxWaitMs: 0,
    quotas: [],
    ...changes,
  }
}

/** Whether in no window more were admitted than the burst and what the rate brings meanwhile: a full bucket that never overdraws. */
function overdraft(admittedUs: readonly number[], { count, periodMs, burst }: RateSnapshot): number {
  let level = burst
  let lowest = burst
  let lastUs = 0
  for (const us of admittedUs.toSorted((a, b) => a - b)) {
    level = Math.min(burst, level + ((us - lastUs) * count) / (periodMs * 1_000)) - 1
    lowest = Math.min(lowest, level)
    lastUs = us
  }
  return -lowest
}

for (const threads of [1, 4]) {
  test(`no window admits more than its limits do, at random over ${threads} threads`, async () => {
    const slab = createSlab({ threads, ringBytes: 65_536 })
    const limits = [
      snapshotOf('tenant', { rate: { count: 20_000, periodMs: 1_000, burst: 50 } }),
      snapshotOf('route:api', { rate: { count: 7, periodMs: 1, burst: 20 }, concurrency: 2 }),
      snapshotOf('key:ci', { rate: { count: 3_000, periodMs: 1_000, burst: 5 } }),
    ]
    const global = snapshotOf('global', { rate: { count: 15_000, periodMs: 1_000, burst: 30 } })
    const results = await Promise.all(
      Array.from({ length: threads }, async (_, thread) => {
        const workerData: LimitTakerData = { slab: slab.shared, thread, limits, slots, tries: 100_000, global }
        const [result] = await once(new Worker(supportModule('limit-taker'), { workerData }), 'message')
        return result as LimitTakerResult
      }),
    )
    for (const [index, { target, rate }] of limits.entries()) {
      const admittedUs = results.flatMap((result) => result.admittedUs[index])
      assert.ok(admittedUs.length > 50, `${target} admitted ${admittedUs.length}`)
      // A thousandth of a request: times are kept in whole ticks.
      assert.ok(overdraft(admittedUs, rate!) < 0.001, `${target} by ${overdraft(admittedUs, rate!)}`)
    }
    const ofAllUs = results.flatMap(({ admittedOfAllUs }) => admittedOfAllUs)
    assert.ok(ofAllUs.length > 50 && overdraft(ofAllUs, global.rate!) < 0.001, String(overdraft(ofAllUs, global.rate!)))
    assert.ok(results.every(({ mostUnderWay }) => mostUnderWay[1] <= 2))
    assert.deepEqual(
      slots.map((slot) => inFlight(slab, slot)),
      [0, 0, 0],
    )
  })
}

function start(snapshots: readonly LimitSnapshot[]) {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const runtimes = snapshots.map((snapshot, index) =>
    buildLimit(snapshot, { slot: slots[index], quotas: [index + 1], lock: limitLockOf(1) }),
  )
  const set = createLimitSet(runtimes, limitLockOf(1))
  const { limits } = set
  const open = (clientAddress?: string) => createLimited(slab, { thread: 0, openedUs: 5e6, clientAddress })
  const lefts = () => limits.map((limit) => findTightest({ ...open(), limitCells: [limit.slot] }, [limit])?.left)
  return { slab, set, limits, open, lefts }
}

const burst = (most: number) => ({ rate: { count: 1, periodMs: 3_600_000, burst: most } })

test('what one limit refuses is not charged to the others', () => {
  const { set, open, lefts } = start([
    snapshotOf('tenant', burst(9)),
    snapshotOf('route:api', { ...burst(9), concurrency: 5 }),
    snapshotOf('key:ci', burst(2)),
  ])
  const outcomes = Array.from({ length: 4 }, () => takeLimits(open(), set)?.limit.target)
  assert.deepEqual(outcomes, [undefined, undefined, 'key:ci', 'key:ci'])
  assert.deepEqual(lefts(), [7, 7, 0])
})

test('of several that refuse the one is named that says to wait longest', () => {
  const slow = { rate: { count: 1, periodMs: 7_200_000, burst: 1 } }
  const { set, open } = start([snapshotOf('tenant', burst(1)), snapshotOf('route:api', slow)])
  takeLimits(open(), set)
  const excess = takeLimits(open(), set)
  assert.deepEqual([excess?.limit.target, excess?.waitUs], ['route:api', 7_200_000_000])
})

test('places are given back once', () => {
  const { slab, set, open } = start([
    snapshotOf('tenant', { concurrency: 2 }),
    snapshotOf('route:api', { concurrency: 9 }),
  ])
  const [first, second, third] = [open(), open(), open()]
  assert.deepEqual(
    [first, second, third].map((exchange) => takeLimits(exchange, set)?.unit),
    [undefined, undefined, 'concurrency'],
  )
  assert.deepEqual(
    slots.slice(0, 2).map((slot) => inFlight(slab, slot)),
    [2, 2],
  )
  for (const exchange of [first, first, third]) leaveLimits(exchange)
  assert.deepEqual(
    slots.slice(0, 2).map((slot) => inFlight(slab, slot)),
    [1, 1],
  )
})

test('a shadow is charged with what was admitted, and with nothing else', () => {
  const { set, limits, open, lefts } = start([
    snapshotOf('tenant', { ...burst(5), isShadow: true }),
    snapshotOf('route:api', burst(2)),
  ])
  assert.deepEqual(
    limits.map(({ target }) => target),
    ['route:api', 'tenant'],
  )
  const exchanges = Array.from({ length: 4 }, open)
  for (const exchange of exchanges) takeLimits(exchange, set)
  assert.deepEqual(
    exchanges.map(({ shadowed }) => shadowed),
    ['', '', '', ''],
  )
  assert.deepEqual(lefts(), [0, undefined])
})

test('each client has a bucket of its own, of v6 each network of 64 bits', () => {
  const { set, open } = start([snapshotOf('tenant/client', { ...burst(2), per: 'client' })])
  const outcomes = ['192.0.2.1', '192.0.2.2', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1'].map(
    (address) => Array.from({ length: 2 }, () => takeLimits(open(address), set) === undefined),
  )
  assert.deepEqual(outcomes, [
    [true, true],
    [true, true],
    [true, true],
    [false, false],
    [true, true],
  ])
})

const perDay = (amount: number, unit: QuotaSnapshot['unit'] = 'requests'): Partial<LimitSnapshot> => ({
  quotas: [{ unit, amount, period: 'day', timeZone: 'UTC' }],
})

test('what one level refuses costs the quota of another nothing, and the one is named that lasts longest', () => {
  const { set, open } = start([
    snapshotOf('tenant', { quotas: [{ unit: 'requests', amount: 3, period: 'month', timeZone: 'UTC' }] }),
    snapshotOf('route:api', perDay(2)),
    snapshotOf('key:ci', burst(1)),
  ])
  const rules = Array.from({ length: 3 }, () => takeLimits(open(), set)?.rule)
  assert.deepEqual(rules, [undefined, 'key:ci', 'key:ci'])
  const others = createLimitSet(set.limits.slice(0, 2), set.lock)
  assert.deepEqual(
    Array.from({ length: 3 }, () => takeLimits(open(), others)?.rule),
    [undefined, 'route:api/requests/day', 'route:api/requests/day'],
  )
  const ofTenant = createLimitSet(set.limits.slice(0, 1), set.lock)
  assert.deepEqual(
    [takeLimits(open(), ofTenant)?.rule, takeLimits(open(), others)?.rule],
    [undefined, 'tenant/requests/month'],
  )
})

test('bytes are charged in the end, and refuse whoever comes when they are used up', () => {
  const { set, open } = start([snapshotOf('tenant', perDay(1_000, 'bytes'))])
  const [first, second] = [open(), open()]
  assert.deepEqual([takeLimits(first, set), takeLimits(second, set)], [undefined, undefined])
  settleQuotas(first, { bytes: 600, endpointTimeUs: 0 })
  assert.equal(takeLimits(open(), set), undefined)
  settleQuotas(second, { bytes: 600, endpointTimeUs: 0 })
  const excess = takeLimits(open(), set)
  assert.deepEqual([excess?.unit, excess?.rule, excess?.waitUs], ['quota', 'tenant/bytes/day', 86_400e6])
})

test('a shadow of a quota refuses nobody and says so', () => {
  const { set, open } = start([snapshotOf('tenant', { ...perDay(1), isShadow: true })])
  const exchanges = [open(), open()]
  assert.deepEqual(
    exchanges.map((exchange) => takeLimits(exchange, set)),
    [undefined, undefined],
  )
  assert.deepEqual(
    exchanges.map(({ shadowed }) => shadowed),
    ['', 'tenant/requests/day'],
  )
})

for (const threads of [1, 4]) {
  test(`of all that ask at once so many are admitted as the quota has left, over ${threads} threads`, async () => {
    const slab = createSlab({ threads, ringBytes: 65_536 })
    const quotas = [
      { unit: 'requests', amount: 4_321, period: 'month', timeZone: 'UTC' },
      { unit: 'requests', amount: 5_000, period: 'day', timeZone: 'Europe/Berlin' },
    ] as const
    const limits = [snapshotOf('tenant', { quotas })]
    const results = await Promise.all(
      Array.from({ length: threads }, async (_, thread) => {
        const global = snapshotOf('global', {})
        const workerData: LimitTakerData = { slab: slab.shared, thread, limits, slots, tries: 20_000, global }
        const [result] = await once(new Worker(supportModule('limit-taker'), { workerData }), 'message')
        return result as LimitTakerResult
      }),
    )
    assert.equal(results.flatMap((result) => result.admittedUs[0]).length, 4_321)
    assert.deepEqual(
      [1, 2].map((index) => readQuota(slab.quotas, index).used),
      [4_321, 4_321],
    )
  })
}
