import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Configuration } from '../../src/control/configuration.ts'
import type { EndpointDiscovery, ReadTenant } from '../../src/control/configuration.ts'
import type { TenantRows } from '../../src/model/rows.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { SlotAllocator } from '../../src/slab/slots.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { expandTenant } from '../../src/snapshot/expand-tenant.ts'
import { openTenant, sealTenant } from '../../src/snapshot/sealed-tenant.ts'
import type { PlacedTenant } from '../../src/snapshot/tenant-snapshot.ts'
import { goodRows, routeRow } from '../snapshot/tenant-rows.ts'
import { fakeClock } from '../support/fake-clock.ts'

test('tenant, routes and endpoints keep their slots over changes, and every one has its own', () => {
  const { configuration } = create()
  const [before] = configuration.absorb([read({})], []).tenants
  const routes = [routeRow({}), routeRow({ id: 22, name: 'v1', path: '/v1' })]
  const [after] = configuration.absorb([read({ routes }, 42)], []).tenants
  // The longer path comes first, and the slot goes with its route.
  assert.equal(openTenant(after.sealed).routes[0].name, 'v1')
  assert.deepEqual(after.slots.routes[1], before.slots.routes[0])
  assert.deepEqual(after.slots.endpoints, before.slots.endpoints)
  assert.equal(after.slots.tenant, before.slots.tenant)
  const all = [after.slots.tenant, ...after.slots.routes, ...after.slots.endpoints.flat()]
  assert.equal(new Set(all).size, 5)
})

test('a removed tenant’s slots go to others only after the grace period', () => {
  const { configuration, clock } = create()
  const [acme] = configuration.absorb([read({})], []).tenants
  configuration.absorb([], [acme.sealed.id])
  const [second] = configuration.absorb([read(other(8))], []).tenants
  assert.notEqual(second.slots.tenant, acme.slots.tenant)
  clock.advance(120_000)
  const [third] = configuration.absorb([read(other(9))], []).tenants
  assert.ok([acme.slots.tenant, ...acme.slots.routes, ...acme.slots.endpoints.flat()].includes(third.slots.tenant))
})

test('what is read again as it was changes nothing', () => {
  const { configuration } = create()
  configuration.absorb([read({})], [])
  assert.deepEqual(configuration.absorb([read({})], []).tenants, [])
})

test('a broken change that is taken back ends the quarantine without another change', () => {
  const { configuration } = create()
  configuration.absorb([read({})], [])
  configuration.absorb([read({ pools: [] }, 42)], [])
  assert.equal(configuration.findQuarantine('acme')?.revision, 42)
  assert.equal(configuration.keptRevision(7), 41)
  assert.equal(configuration.absorb([read({}, 43)], []).tenants.length, 1)
  assert.equal(configuration.findQuarantine('acme'), undefined)
})

test('a quarantined tenant that is removed is forgotten', () => {
  const { configuration } = create()
  configuration.absorb([read({ pools: [] })], [])
  assert.equal(configuration.size, 1)
  assert.deepEqual(configuration.absorb([], [7]).removedTenantIds, [7])
  assert.equal(configuration.size, 0)
  assert.equal(configuration.findQuarantine('acme'), undefined)
})

test('a tenant that finds no slot is quarantined, and takes none', () => {
  const { configuration, allocator, capacity } = create()
  for (let taken = 1; taken < capacity - 3; taken++) allocator.take(`filler:${taken}`)
  assert.deepEqual(configuration.absorb([read({})], []).tenants, [])
  assert.match(configuration.findQuarantine('acme')?.problems[0].message ?? '', /slots/)
  const small = read({ ...other(8), endpoints: [] })
  assert.equal(configuration.absorb([small], []).tenants.length, 0)
})

test('a tenant whose endpoints are not found yet waits, and what it had goes on', () => {
  const world = { isReady: true, addresses: ['10.0.0.1'] }
  const { configuration } = create(world)
  const [before] = configuration.absorb([read(named)], []).tenants
  assert.deepEqual(urlsOf(before), ['http://10.0.0.1:8080'])
  world.isReady = false
  assert.deepEqual(configuration.absorb([read(named, 42)], []).tenants, [])
  assert.deepEqual([configuration.isWaiting('acme'), configuration.keptRevision(7)], [true, 41])
  // Neither another change nor news of its sources hurries it.
  assert.equal(configuration.absorb([read(other(8))], []).tenants.length, 1)
  assert.deepEqual(configuration.refresh([7]), [])
  world.isReady = true
  world.addresses = ['10.0.0.2']
  const [after] = configuration.refresh([7])
  assert.deepEqual([after.sealed.revision, urlsOf(after)], [42, ['http://10.0.0.2:8080']])
  assert.deepEqual([configuration.isWaiting('acme'), configuration.size], [false, 2])
})

test('who waits gives way to a newer change, to one that does not hold, and goes with its tenant', () => {
  const world = { isReady: false, addresses: ['10.0.0.1'] }
  const { configuration } = create(world)
  configuration.absorb([read(named)], [])
  assert.deepEqual([configuration.size, configuration.hasWaiting], [1, true])
  assert.equal(configuration.absorb([read({}, 42)], []).tenants.length, 1)
  assert.equal(configuration.hasWaiting, false)
  configuration.absorb([read(named, 43)], [])
  configuration.absorb([read({ pools: [] }, 44)], [])
  assert.deepEqual([configuration.hasWaiting, configuration.findQuarantine('acme')?.revision], [false, 44])
  configuration.absorb([read(named, 45)], [])
  configuration.absorb([], [7])
  assert.deepEqual([configuration.hasWaiting, configuration.size], [false, 0])
})

test('news of sources change a tenant only if they change its endpoints, and an equal change is none', () => {
  const world = { isReady: true, addresses: ['10.0.0.1'] }
  const { configuration } = create(world)
  configuration.absorb([read(named)], [])
  assert.deepEqual(configuration.refresh([7, 99]), [])
  assert.deepEqual(configuration.absorb([read(named)], []).tenants, [])
  world.addresses = ['10.0.0.1', '10.0.0.2']
  const [moved] = configuration.refresh([7])
  assert.deepEqual(urlsOf(moved), ['http://10.0.0.1:8080', 'http://10.0.0.2:8080'])
  assert.equal(configuration.placed.get(7), moved)
  // What leads to names that are not found yet waits for them, as it is.
  world.isReady = false
  world.addresses = []
  assert.deepEqual(configuration.refresh([7]), [])
  assert.equal(configuration.placed.get(7), moved)
  assert.deepEqual(
    configuration.findDeclared(7)?.pools[0].endpoints.map(({ url }) => url),
    ['http://web.internal:8080'],
  )
})

const named = { endpoints: [{ ...goodRows.endpoints[0], url: 'http://web.internal:8080' }] }

function urlsOf({ sealed }: PlacedTenant): readonly string[] {
  return openTenant(sealed).pools[0].endpoints.map(({ url }) => url)
}

interface World {
  isReady: boolean
  /** Of whatever name. */
  addresses: readonly string[]
}

/** Finds what the world says it does. */
function createDiscovery(world: World): EndpointDiscovery {
  const nobody = { values: undefined, reason: 'nobody asks' }
  return {
    expand: (declared) => {
      const { snapshot } = expandTenant(declared, {
        findAddresses: () => ({ values: world.addresses, reason: '' }),
        findServices: () => nobody,
        findFromFile: () => nobody,
        findFromExec: () => nobody,
        findObstacle: () => undefined,
        identify: (_poolId, url) => 2 ** 31 + Number(url.split('.')[3].split(':')[0]),
      })
      return { snapshot, isReady: world.isReady }
    },
  }
}

function create(world: World = { isReady: true, addresses: [] }) {
  const clock = fakeClock()
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const allocator = new SlotAllocator(slab, clock)
  return {
    configuration: new Configuration({
      places: { allocator, quotas: { take: () => 1 } },
      discovery: createDiscovery(world),
    }),
    allocator,
    clock,
    capacity: slab.capacity,
  }
}

function read(changes: Partial<TenantRows>, revision = 41): ReadTenant {
  const rows = { ...goodRows, ...changes }
  const tenant = { ...rows.tenant, revision }
  const compiled = compileTenant({ ...rows, tenant })
  const sealed = 'snapshot' in compiled ? { sealed: sealTenant(compiled.snapshot) } : compiled
  return { id: tenant.id, name: tenant.name, revision, compiled: sealed }
}

/** Another tenant with rows of its own. */
function other(id: number): Partial<TenantRows> {
  return {
    tenant: { ...goodRows.tenant, id, name: `tenant-${id}` },
    hosts: [],
    endpoints: goodRows.endpoints.map((row) => ({ ...row, id: id * 100 + row.id })),
    routes: [routeRow({ id: id * 100 })],
  }
}
