import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expandTenant, mostFound } from '../../src/snapshot/expand-tenant.ts'
import type { EndpointFinder, Known, ServiceRecord } from '../../src/snapshot/expand-tenant.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { parseEndpoints } from '../../src/snapshot/parse-endpoints.ts'
import type { TenantSnapshot } from '../../src/snapshot/tenant-snapshot.ts'
import { endpointDefaults, goodRows } from './tenant-rows.ts'

interface World {
  readonly names?: Readonly<Record<string, readonly string[]>>
  readonly services?: Readonly<Record<string, readonly ServiceRecord[]>>
  readonly file?: string
}

test('what has nothing to be found is the very same', () => {
  const declared = declare(['http://10.0.0.1', 'http://[::1]:8080'])
  assert.equal(expandTenant(declared, finderOf({})).snapshot, declared)
})

test('a name is all its addresses, each like the name in everything else', () => {
  const { snapshot, absentees } = expandTenant(
    declare(['https://web.internal:8443']),
    finderOf({ names: { 'web.internal': ['10.0.0.1', '2001:db8::1'] } }),
  )
  const [first, second] = snapshot.pools[0].endpoints
  assert.partialDeepStrictEqual(first, {
    url: 'https://10.0.0.1:8443',
    source: 'https://web.internal:8443',
    isTls: true,
    host: 'web.internal',
    address: '10.0.0.1',
    port: 8443,
    weight: 3,
  })
  assert.equal(second.url, 'https://[2001:db8::1]:8443')
  assert.deepEqual(absentees, [])
})

test('an address is there once: as a row, then as what names it first', () => {
  const { snapshot } = expandTenant(
    declare(['http://a.internal', 'http://10.0.0.1', 'http://b.internal']),
    finderOf({ names: { 'a.internal': ['10.0.0.1', '10.0.0.2'], 'b.internal': ['10.0.0.2', '10.0.0.3'] } }),
  )
  assert.deepEqual(
    snapshot.pools[0].endpoints.map(({ url, source }) => [url, source]),
    [
      ['http://10.0.0.1', undefined],
      ['http://10.0.0.2', 'http://a.internal'],
      ['http://10.0.0.3', 'http://b.internal'],
    ],
  )
})

test('a service is the addresses of its hosts, with its ports, ranks of priority and weights', () => {
  const { snapshot } = expandTenant(
    declare(['srv+https://_web._tcp.internal']),
    finderOf({
      services: {
        '_web._tcp.internal': [
          { host: 'w1.internal', port: 8443, priority: 10, weight: 1 },
          { host: 'w2.internal', port: 443, priority: 20, weight: 2 },
          { host: 'elsewhere.example', port: 443, priority: 20, weight: 2 },
        ],
      },
      names: { 'w1.internal': ['10.0.0.1'], 'w2.internal': ['10.0.0.2'], 'elsewhere.example': ['203.0.113.1'] },
    }),
  )
  assert.deepEqual(
    snapshot.pools[0].endpoints.map(({ url, host, priority, weight }) => [url, host, priority, weight]),
    [
      ['https://10.0.0.1:8443', 'w1.internal', 0, 3],
      ['https://10.0.0.2', 'w2.internal', 1, 6],
      // A certificate for a host that somebody else's DNS has named says nothing.
      ['https://203.0.113.1', 'internal', 1, 6],
    ],
  )
})

const weights = [
  { name: 'small ones stay', said: [1, 2, 3], become: [1, 2, 3] },
  { name: 'large ones keep their proportion', said: [65_535, 6_554], become: [1_000, 100] },
  { name: 'none at all are equal', said: [0, 0], become: [1, 1] },
  { name: '0 beside others is the least that there is', said: [0, 1, 2], become: [1, 500, 1_000] },
]

for (const { name, said, become } of weights) {
  test(`weights of a service: ${name}`, () => {
    const records = said.map((weight, at) => ({ host: `w${at}`, port: 80, priority: 0, weight }))
    const names = Object.fromEntries(said.map((_, at) => [`w${at}`, [`10.0.0.${at + 1}`]]))
    const declared = declare(['srv+http://_web._tcp.internal'], { weight: 1 })
    const { snapshot } = expandTenant(declared, finderOf({ services: { '_web._tcp.internal': records }, names }))
    assert.deepEqual(
      snapshot.pools[0].endpoints.map(({ weight }) => weight),
      become,
    )
  })
}

test('weight 0 drains whatever a name leads to', () => {
  const finder = finderOf({
    names: { a: ['10.0.0.1'] },
    services: { _s: [{ host: 'a', port: 81, priority: 0, weight: 9 }] },
  })
  const { snapshot } = expandTenant(declare(['http://a', 'srv+http://_s'], { weight: 0 }), finder)
  assert.deepEqual(
    snapshot.pools[0].endpoints.map(({ weight }) => weight),
    [0, 0],
  )
})

test('what is not found is absent, with its reason', () => {
  const { snapshot, absentees } = expandTenant(
    declare([
      'http://gone.internal',
      'srv+http://_gone._tcp.internal',
      'srv+http://_web._tcp.internal',
      'http://10.0.0.1',
    ]),
    finderOf({ services: { '_web._tcp.internal': [{ host: 'w1.internal', port: 8080, priority: 0, weight: 0 }] } }),
  )
  assert.deepEqual(
    snapshot.pools[0].endpoints.map(({ url }) => url),
    ['http://10.0.0.1'],
  )
  assert.deepEqual(
    absentees.map(({ url, source, state, reason }) => [url, source, state, reason]),
    [
      ['http://gone.internal', undefined, 'unresolved', 'unknown gone.internal'],
      ['srv+http://_gone._tcp.internal', undefined, 'unresolved', 'unknown _gone._tcp.internal'],
      ['http://w1.internal:8080', 'srv+http://_web._tcp.internal', 'unresolved', 'unknown w1.internal'],
    ],
  )
})

test('what nothing is ever sent to is absent, be it a row, an address of a name, or in a file', () => {
  const { snapshot, absentees } = expandTenant(
    declare(['http://10.9.9.9', 'http://web.internal'], { fromFile: '/web.json' }),
    finderOf({ names: { 'web.internal': ['10.0.0.1', '10.9.9.8'] }, file: '["http://10.9.9.7","http://10.0.0.2"]' }),
  )
  assert.deepEqual(
    snapshot.pools[0].endpoints.map(({ url }) => url),
    ['http://10.0.0.1', 'http://10.0.0.2'],
  )
  assert.deepEqual(
    absentees.map(({ url, source, state }) => [url, source, state]),
    [
      ['http://10.9.9.9', undefined, 'refused'],
      ['http://10.9.9.8', 'http://web.internal', 'refused'],
      ['http://10.9.9.7', 'from-file', 'refused'],
    ],
  )
})

test('a file may name names, and a pool has no more than so many found endpoints', () => {
  const many = Array.from({ length: mostFound }, (_, at) => `10.1.${at >> 8}.${at & 255}`)
  const { snapshot, absentees } = expandTenant(
    declare(['http://10.0.0.1'], { fromFile: '/web.json' }),
    finderOf({ names: { 'web.internal': [...many, '10.2.0.1'] }, file: 'http://web.internal' }),
  )
  const { endpoints } = snapshot.pools[0]
  assert.equal(endpoints.length, 1 + mostFound)
  assert.equal(endpoints[1].source, 'from-file')
  assert.deepEqual(
    absentees.map(({ url, reason }) => [url, reason]),
    [['http://10.2.0.1', `the pool has ${mostFound} found endpoints already`]],
  )
})

interface Declared {
  readonly weight?: number
  readonly fromFile?: string
}

function declare(urls: readonly string[], { weight = 3, fromFile }: Declared = {}): TenantSnapshot {
  const endpoints = urls.map((url, at) => ({ id: 12 + at, poolId: 11, url, weight, ...endpointDefaults }))
  const pools = goodRows.pools.map((pool) => ({ ...pool, fromFile }))
  const compiled = compileTenant({ ...goodRows, pools, endpoints })
  if ('problems' in compiled) assert.fail(JSON.stringify(compiled.problems))
  return compiled.snapshot
}

function finderOf({ names = {}, services = {}, file = '' }: World): EndpointFinder {
  const find = <Value>(known: Readonly<Record<string, readonly Value[]>>, key: string): Known<Value> => ({
    values: known[key],
    reason: `unknown ${key}`,
  })
  let id = 1_000
  return {
    findAddresses: (name) => find(names, name),
    findServices: (service) => find(services, service),
    findFromFile: () => ({ values: parseEndpoints(file), reason: '' }),
    findFromExec: () => ({ values: undefined, reason: '' }),
    findObstacle: (address) => (address.startsWith('10.9.') ? 'it is shunned' : undefined),
    identify: () => (id += 1),
  }
}
