import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UserError } from '../../src/kit/user-error.ts'
import { enter, leave } from '../../src/slab/gauges.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { noTenantSlot, SlotAllocator } from '../../src/slab/slots.ts'
import { countExchange, readStats, statsAt } from '../../src/slab/stats.ts'
import { fakeClock } from '../support/fake-clock.ts'

function openAllocator() {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const clock = fakeClock()
  return { slab, clock, slots: new SlotAllocator(slab, clock, { graceMs: 1_000 }) }
}

test('an owner keeps its slot, another gets another, and nobody gets that of no tenant', () => {
  const { slots } = openAllocator()
  const first = slots.take('tenant:1')
  assert.equal(slots.take('tenant:1'), first)
  assert.notEqual(slots.take('route:1'), first)
  assert.notEqual(first, noTenantSlot)
})

test('an owner that comes back within the grace period finds its slot', () => {
  const { slots, clock } = openAllocator()
  const slot = slots.take('tenant:1')
  slots.retire('tenant:1')
  clock.advance(500)
  assert.equal(slots.take('tenant:1'), slot)
  clock.advance(5_000)
  assert.notEqual(slots.take('tenant:2'), slot)
})

test('a retired slot goes to another owner after the grace period, zeroed', () => {
  const { slab, slots, clock } = openAllocator()
  const slot = slots.take('tenant:1')
  countExchange(slab, statsAt(slab, 1, slot), {
    status: 200,
    isRejected: false,
    bytesIn: 1,
    bytesOut: 1,
    durationUs: 9,
    endpointTimeUs: 0,
  })
  slab.limits[slot] = 77
  slab.latencies[slot] = 77
  slots.retire('tenant:1')
  clock.advance(999)
  assert.notEqual(slots.take('tenant:2'), slot)
  clock.advance(1)
  assert.equal(slots.take('tenant:3'), slot)
  assert.equal(readStats(slab, slot).classes[2], 0)
  assert.equal(slab.limits[slot], 0)
  assert.equal(slab.latencies[slot], 0)
  assert.notEqual(slots.take('tenant:1'), slot)
})

test('a slot with an exchange in flight waits, the next one in line is taken meanwhile', () => {
  const { slab, slots, clock } = openAllocator()
  const busy = slots.take('tenant:1')
  const idle = slots.take('tenant:2')
  enter(slab, 1, busy)
  slots.retire('tenant:1')
  slots.retire('tenant:2')
  clock.advance(1_000)
  assert.equal(slots.take('tenant:3'), idle)
  assert.notEqual(slots.take('tenant:4'), busy)
  leave(slab, 1, busy)
  assert.equal(slots.take('tenant:5'), busy)
})

test('when all slots are taken the operator is told', () => {
  const { slab, slots } = openAllocator()
  for (let i = 2; i < slab.capacity; i++) slots.take(`route:${i}`)
  assert.throws(
    () => slots.take('route:0'),
    (error) => error instanceof UserError && error.code === 'storage',
  )
})
