import assert from 'node:assert/strict'
import test from 'node:test'
import { TenantTable } from '../../src/proxy/tenant-table.ts'
import type { TenantRuntime } from '../../src/proxy/tenant-runtime.ts'
import type { TenantEntry } from '../../src/proxy/tenant-table.ts'
import type { PlacedTenant } from '../../src/snapshot/tenant-snapshot.ts'

test('an exact host name wins over wildcards, a longer wildcard over a shorter one', () => {
  const table = new TenantTable(build)
  const [exact, near, far] = [tenant(1, 'api.acme.test'), tenant(2, '*.acme.test'), tenant(3, '*.test')]
  for (const entry of [exact, near, far]) table.put(entry)
  const cases: [host: string, expected: TenantEntry | undefined][] = [
    ['api.acme.test', exact],
    ['www.acme.test', near],
    ['a.b.acme.test', near],
    ['acme.test', far],
    ['other.test', far],
    ['test', undefined],
    ['api.acme.example', undefined],
    ['', undefined],
  ]
  for (const [host, expected] of cases) assert.equal(table.find(host)?.id, expected?.placed.sealed.id, host)
})

test('a tenant that is put again replaces itself with all its names', () => {
  const table = new TenantTable(build)
  const before = tenant(1, 'old.acme.test', 'kept.acme.test')
  const after = tenant(1, 'new.acme.test', 'kept.acme.test')
  table.put(before)
  assert.equal(table.put(after), before)
  assert.equal(table.find('old.acme.test'), undefined)
  assert.equal(table.find('new.acme.test'), after.runtime)
  assert.equal(table.find('kept.acme.test'), after.runtime)
})

test('a name that has moved stays with its new owner when the old one goes', () => {
  const table = new TenantTable(build)
  table.put(tenant(1, 'shared.test'))
  const owner = tenant(2, 'shared.test')
  table.put(owner)
  table.remove(1)
  assert.equal(table.find('shared.test')?.id, 2)
  assert.ok(owner.runtime !== undefined)
})

test('a tenant is built when it is first asked for, once', () => {
  const built: number[] = []
  const table = new TenantTable((placed) => {
    built.push(placed.sealed.id)
    return build(placed)
  })
  for (const id of [1, 2, 3]) table.put(tenant(id, `${id}.test`))
  assert.equal(table.find('2.test'), table.find('2.test'))
  assert.deepEqual(built, [2])
})

test('a tenant that cannot be built is tried again at its next request, and others are served', () => {
  let failures = 1
  const table = new TenantTable((placed) => {
    if (placed.sealed.id === 1 && failures-- > 0) throw new Error('defect')
    return build(placed)
  })
  for (const id of [1, 2]) table.put(tenant(id, `${id}.test`))
  assert.throws(() => table.find('1.test'), /defect/)
  assert.equal(table.find('2.test')?.id, 2)
  assert.equal(table.find('1.test')?.id, 1)
})

function build({ sealed, slots }: PlacedTenant): TenantRuntime {
  return {
    id: sealed.id,
    name: sealed.name,
    isSuspended: false,
    slot: slots.tenant,
    statsAt: 0,
    serverFlow: { slot: 0, poolSlot: 1, weight: 1, guarantee: 0, places: 0 },
    keyLimits: new Map(),
    judged: undefined,
    keys: new Map(),
    routes: [],
    pools: [],
    pins: 0,
    isRetired: false,
    usesShared: false,
  }
}

function tenant(id: number, ...hosts: string[]): TenantEntry {
  const sealed = { id, name: `tenant-${id}`, revision: 1, hosts, hasSources: false, bytes: new Uint8Array(0) }
  return {
    placed: {
      sealed,
      slots: {
        tenant: id,
        routes: [],
        pools: [],
        keys: [],
        limits: [],
        share: 0,
        flows: [],
        quotas: [],
        endpoints: [],
      },
    },
    runtime: undefined,
  }
}
