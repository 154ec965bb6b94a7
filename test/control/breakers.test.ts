import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Breakers } from '../../src/control/breakers.ts'
import { breakerState, endProbe, readBreaker, takeProbe } from '../../src/slab/breakers.ts'
import { hindrance, readHindrances } from '../../src/slab/hindrances.ts'
import { countOutcome } from '../../src/slab/outcomes.ts'
import type { PoolEvent } from '../../src/slab/pool-event.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { sealTenant } from '../../src/snapshot/sealed-tenant.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { goodRows } from '../snapshot/tenant-rows.ts'

const slots = {
  tenant: 1,
  routes: [2],
  pools: [3],
  keys: [],
  limits: [9_000],
  share: 0,
  flows: [],
  quotas: [],
  endpoints: [[4, 5]],
}
const { closed, open, halfOpen, probing, passed, failed } = breakerState

type Pool = Partial<(typeof goodRows)['pools'][number]>

function start(pool: Pool, tenant: Partial<(typeof goodRows)['tenant']> = {}) {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const clock = fakeClock()
  const events: PoolEvent[] = []
  const breakers = new Breakers({ slab, clock, tell: (event) => events.push(event) })
  const configure = (changes: Pool) => {
    const rows = {
      ...goodRows,
      pools: [{ ...goodRows.pools[0], ...changes }],
      tenant: { ...goodRows.tenant, ...tenant },
    }
    const compiled = compileTenant(rows)
    assert.ok('snapshot' in compiled, JSON.stringify(compiled))
    const sealed = sealTenant(compiled.snapshot)
    breakers.update({ sealed, slots }, compiled.snapshot)
  }
  configure(pool)
  const count = (slot: number, done: number, { failed = 0, slow = 0 } = {}) => {
    for (let at = 0; at < done; at++) {
      countOutcome(slab, { thread: at % 2, slot }, { hasFailed: at < failed, isSlow: at < slow })
    }
  }
  const look = (ms = 100) => {
    clock.advance(ms)
    breakers.look()
  }
  return { slab, breakers, events, configure, count, look, state: (slot: number) => readBreaker(slab, slot) }
}

test('a breaker opens at its share of errors, not below it and not with fewer requests', () => {
  const { count, look, state, events, slab } = start({
    breaker: 'pool',
    breakerErrorsPercent: 50,
    breakerMinRequests: 20,
  })
  count(3, 19, { failed: 19 })
  look()
  assert.equal(state(3), closed)
  count(3, 20)
  look()
  assert.equal(state(3), closed)
  count(3, 1, { failed: 1 })
  look()
  assert.equal(state(3), open)
  assert.ok((readHindrances(slab, 3) & hindrance.tripped) !== 0)
  assert.deepEqual(
    events.map(({ kind, poolId, endpointId, reason }) => [kind, poolId, endpointId, reason]),
    [['breaker_opened', 11, 0, '20 of 40 requests failed within 10s']],
  )
})

test('what is older than the window does not count', () => {
  const { count, look, state } = start({ breaker: 'pool', breakerWindowMs: 1_000 })
  count(3, 19, { failed: 19 })
  look()
  for (let at = 0; at < 12; at++) look()
  count(3, 1, { failed: 1 })
  look()
  assert.equal(state(3), closed)
})

test('slow requests open it where that is wanted', () => {
  const { count, look, state, events } = start({ breaker: 'both', breakerSlowPercent: 30, breakerSlowAfterMs: 200 })
  count(4, 20, { slow: 5 })
  count(5, 20, { slow: 6 })
  look()
  assert.deepEqual([state(4), state(5), state(3)], [closed, open, closed])
  assert.equal(events[0].reason, '6 of 20 requests took 200ms or longer within 10s')
})

test('after its time one probe goes through, and closes it or opens it again', () => {
  const { slab, count, look, state, events } = start({ breaker: 'endpoints', breakerOpenMs: 1_000 })
  count(4, 20, { failed: 20 })
  look()
  look(900)
  assert.equal(state(4), open)
  look(100)
  assert.equal(state(4), halfOpen)
  assert.deepEqual([takeProbe(slab, 4), takeProbe(slab, 4)], [true, false])
  endProbe(slab, 4, failed)
  look()
  assert.equal(state(4), open)
  look(1_000)
  assert.ok(takeProbe(slab, 4))
  endProbe(slab, 4, passed)
  look()
  assert.equal(state(4), closed)
  assert.equal(readHindrances(slab, 4), 0)
  // The failures that opened it are within the window still, and count no more.
  look()
  assert.equal(state(4), closed)
  const kinds = ['breaker_opened', 'breaker_half_open', 'breaker_opened', 'breaker_half_open', 'breaker_closed']
  assert.deepEqual(
    events.map(({ kind }) => kind),
    kinds,
  )
  assert.equal(events[2].reason, 'its probe failed; before: 20 of 20 requests failed within 10s')
})

test('a probe that never comes back is given up', () => {
  const { slab, count, look, state } = start({ breaker: 'pool', breakerOpenMs: 1_000 })
  count(3, 20, { failed: 20 })
  look()
  look(1_000)
  assert.ok(takeProbe(slab, 3))
  look(59_000)
  assert.equal(state(3), probing)
  look(2_000)
  assert.equal(state(3), halfOpen)
})

test('a breaker that is taken away lets everybody through; one that is set otherwise stays open', () => {
  const { breakers, slab, count, look, configure, state } = start({ breaker: 'both' }, { breaker: true })
  for (const slot of [1, 3, 4]) count(slot, 20, { failed: 20 })
  look()
  assert.deepEqual([1, 3, 4, 5].map(state), [open, open, open, closed])
  configure({ breaker: 'endpoints', breakerErrorsPercent: 90 })
  assert.deepEqual([1, 3, 4].map(state), [open, closed, open])
  assert.equal(readHindrances(slab, 3), 0)
  breakers.remove(7)
  assert.deepEqual([1, 3, 4].map(state), [closed, closed, closed])
  assert.equal(readHindrances(slab, 4), 0)
})
