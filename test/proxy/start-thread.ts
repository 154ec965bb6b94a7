import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Clock } from '../../src/kit/clock.ts'
import type { Expiring } from '../../src/kit/sweeper.ts'
import { applyChange } from '../../src/proxy/apply-change.ts'
import { createThreadState } from '../../src/proxy/create-thread-state.ts'
import { openListener } from '../../src/proxy/listener.ts'
import { inFlight } from '../../src/slab/gauges.ts'
import type { PoolEvent } from '../../src/slab/pool-event.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { compileGlobal } from '../../src/snapshot/compile-global.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { sealTenant } from '../../src/snapshot/sealed-tenant.ts'
import type { GlobalSnapshot } from '../../src/snapshot/global-snapshot.ts'
import { goodRows, routeRow } from '../snapshot/tenant-rows.ts'

const slots = {
  tenant: 5,
  routes: [6],
  pools: [8],
  keys: [10],
  limits: [9],
  share: 0,
  flows: [],
  quotas: [],
  endpoints: [[7]],
}

/** What a data thread does, in this thread: with a clock of the test's and everything there is to look at. */
export async function startThread(t: TestContext, { endpointUrl, clock }: { endpointUrl: string; clock: Clock }) {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const events: PoolEvent[] = []
  const thread = createThreadState(
    { slab: slab.shared, thread: 0, quotaFile: -1 },
    { clock, tell: (event) => events.push(event), suspect: () => {} },
  )
  const expiring = new Set<Expiring>()
  const { add, delete: remove } = thread.sweeper
  t.mock.method(thread.sweeper, 'add', function addBoth(this: typeof thread.sweeper, member: Expiring) {
    expiring.add(member)
    add.call(this, member)
  })
  t.mock.method(thread.sweeper, 'delete', function removeBoth(this: typeof thread.sweeper, member: Expiring) {
    expiring.delete(member)
    remove.call(this, member)
  })
  const tenant = compileTenant(rowsFor(endpointUrl))
  assert.ok('snapshot' in tenant)
  const sealed = sealTenant(tenant.snapshot)
  const change = { kind: 'apply', global: undefined, tenants: [], removedTenantIds: [] } as const
  applyChange(thread, { ...change, change: 1, global: globalOf({}), tenants: [{ sealed, slots }] })
  const port = await new Promise<number>((onListening, onError) => {
    const share = openListener(thread, { address: '127.0.0.1', port: 0 }, { onListening, onError })
    t.after(() => share.close())
  })
  return {
    thread,
    slab,
    /** What was told of pools. */
    events,
    tenantSlot: slots.tenant,
    port,
    /** Whatever may expire and was not taken back. */
    expiring,
    removeTenant: () => applyChange(thread, { ...change, change: 2, removedTenantIds: [sealed.id] }),
    /** Those settings, and the defaults of all others. */
    set: (settings: Readonly<Record<string, string>>) =>
      applyChange(thread, { ...change, change: 2, global: globalOf(settings) }),
    sweep: () => thread.sweeper.sweep(clock.monotonicUs()),
    /** Of the tenant, its route and its endpoint. */
    readGauges: () => [slots.tenant, slots.routes[0], slots.endpoints[0][0]].map((slot) => inFlight(slab, slot)),
  }
}

function globalOf(values: Readonly<Record<string, string>>): GlobalSnapshot {
  const settings = Object.entries(values).map(([name, value], index) => ({ id: index + 1, name, value }))
  const compiled = compileGlobal({ revision: 1, listeners: [], settings, stickySecret: '' })
  assert.ok('snapshot' in compiled)
  return compiled.snapshot
}

function rowsFor(endpointUrl: string) {
  return {
    ...goodRows,
    hosts: [{ ...goodRows.hosts[0], name: 'acme.test' }],
    endpoints: [{ ...goodRows.endpoints[0], url: endpointUrl }],
    routes: [routeRow({ auth: 'none' })],
    limit: undefined,
    ipRules: [],
  }
}
