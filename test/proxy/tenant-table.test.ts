import assert from 'node:assert/strict'
import test from 'node:test'
import { TenantTable } from '../../src/proxy/tenant-table.ts'
import type { TenantRuntime } from '../../src/proxy/tenant-runtime.ts'

test('an exact host name wins over wildcards, a longer wildcard over a shorter one', () => {
  const table = new TenantTable()
  const [exact, near, far] = [tenant(1, 'api.acme.test'), tenant(2, '*.acme.test'), tenant(3, '*.test')]
  for (const runtime of [exact, near, far]) table.put(runtime)
  const cases: [host: string, expected: TenantRuntime | undefined][] = [
    ['api.acme.test', exact],
    ['www.acme.test', near],
    ['a.b.acme.test', near],
    ['acme.test', far],
    ['other.test', far],
    ['test', undefined],
    ['api.acme.example', undefined],
    ['', undefined],
  ]
  for (const [host, expected] of cases) assert.equal(table.find(host)?.snapshot.id, expected?.snapshot.id, host)
})

test('a tenant that is put again replaces itself with all its names', () => {
  const table = new TenantTable()
  const before = tenant(1, 'old.acme.test', 'kept.acme.test')
  const after = tenant(1, 'new.acme.test', 'kept.acme.test')
  table.put(before)
  assert.equal(table.put(after), before)
  assert.equal(table.find('old.acme.test'), undefined)
  assert.equal(table.find('new.acme.test'), after)
  assert.equal(table.find('kept.acme.test'), after)
})

test('a name that has moved stays with its new owner when the old one goes', () => {
  const table = new TenantTable()
  table.put(tenant(1, 'shared.test'))
  const owner = tenant(2, 'shared.test')
  table.put(owner)
  table.remove(1)
  assert.equal(table.find('shared.test'), owner)
})

function tenant(id: number, ...hosts: string[]): TenantRuntime {
  return {
    snapshot: {
      id,
      name: `tenant-${id}`,
      revision: 1,
      isSuspended: false,
      hosts,
      pools: [],
      routes: [],
      keys: [],
      limit: undefined,
      ipRules: undefined,
    },
    slot: id,
    statsAt: 0,
    bucket: undefined,
    keys: new Map(),
    routes: [],
    pools: [],
    pins: 0,
    isRetired: false,
  }
}
