import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HealthCheck } from '../../src/control/health-check.ts'
import { Random } from '../../src/kit/random.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import type { PoolSnapshot } from '../../src/snapshot/pool-snapshot.ts'
import { goodRows } from '../snapshot/tenant-rows.ts'

function start(changes: Partial<PoolSnapshot>) {
  const compiled = compileTenant(goodRows)
  assert.ok('snapshot' in compiled)
  const pool: PoolSnapshot = { ...compiled.snapshot.pools[0], health: 'http', healthIntervalMs: 1_000, ...changes }
  const owner = { tenantId: 7, pool, endpoint: pool.endpoints[0], slot: 3 }
  const check = new HealthCheck(owner, { nowUs: 0, random: new Random(1) })
  let nowUs = 0
  const take = (isHealthy: boolean) => {
    nowUs += 1_000_000
    return check.take(
      { isHealthy, reason: 'x', connectUs: undefined, answerUs: undefined, durationUs: 1 },
      { nowUs, nowMs: nowUs / 1_000 },
    )
  }
  return { check, owner, take }
}

test('so many bad checks in a row bring it down, so many good ones up, and one of the other kind counts anew', () => {
  const { check, take } = start({ rise: 2, fall: 3 })
  assert.deepEqual([false, false, true, false, false].map(take), [false, false, false, false, false])
  assert.equal(check.findings.isUp, true)
  assert.equal(take(false), true)
  assert.deepEqual([check.findings.isUp, check.findings.sinceMs], [false, 6_000])
  assert.deepEqual([true, false, true].map(take), [false, false, false])
  assert.equal(take(true), true)
  assert.deepEqual([check.findings.isUp, check.findings.sinceMs], [true, 10_000])
})

test('checks come an interval apart, give or take a tenth, and faster while it is down', () => {
  const { check, take } = start({ fall: 1, healthDownIntervalMs: 200 })
  assert.ok(check.dueUs >= 0 && check.dueUs < 1_000_000)
  take(true)
  assert.ok(check.dueUs >= 1_900_000 && check.dueUs <= 2_100_000, `${check.dueUs}`)
  take(false)
  assert.ok(check.dueUs >= 2_180_000 && check.dueUs <= 2_220_000, `${check.dueUs}`)
})

test('an edit that changes no check keeps the standing', () => {
  const { check, owner } = start({})
  assert.ok(check.isLike({ ...owner, pool: { ...owner.pool, rise: 9, balance: 'random' } }))
  assert.ok(!check.isLike({ ...owner, pool: { ...owner.pool, healthPath: '/other' } }))
  assert.ok(!check.isLike({ ...owner, endpoint: { ...owner.endpoint, url: 'http://127.0.0.1:1' } }))
})
