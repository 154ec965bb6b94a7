import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TenantRows } from '../../src/model/rows.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { seededRandom } from '../support/seeded-random.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import { isDeepFrozen } from './is-deep-frozen.ts'
import { endpointDefaults, goodRows, routeRow, limitRow } from './tenant-rows.ts'

const { tenant, pools, endpoints, keys } = goodRows

const cases: { name: string; changes: Partial<TenantRows>; problem: string; hint: string }[] = [
  {
    name: 'a route to a missing pool',
    changes: { routes: [routeRow({ pool: 'web2' })] },
    problem: "route api pool: pool 'web2' does not exist",
    hint: "Add it: 'mtlb pool add acme/web2', or use another: 'mtlb route set acme/api --pool web'.",
  },
  {
    name: 'a route to a missing pool where there is none at all',
    changes: { pools: [], endpoints: [] },
    problem: "route api pool: pool 'web' does not exist",
    hint: "Add it: 'mtlb pool add acme/web', or use another: 'mtlb route set acme/api --pool …'.",
  },
  {
    name: 'two routes for all methods of one path',
    changes: { routes: [routeRow({}), routeRow({ name: 'other' })] },
    problem: "route other path: path '/' is also that of route 'api', for the same methods",
    hint: "Set one apart: 'mtlb route set acme/other' with '--path …' or '--methods …'.",
  },
  {
    name: 'two routes that share a method of one path',
    changes: { routes: [routeRow({ methods: ['GET', 'PUT'] }), routeRow({ name: 'other', methods: ['POST', 'PUT'] })] },
    problem: "route other path: path '/' is also that of route 'api', for the same methods",
    hint: "Set one apart: 'mtlb route set acme/other' with '--path …' or '--methods …'.",
  },
  {
    name: 'a path without a slash',
    changes: { routes: [routeRow({ path: 'v1' })] },
    problem: "route api path: path 'v1' is not a path: it begins with a slash",
    hint: "Use '/v1'.",
  },
  {
    name: 'a method in lower case',
    changes: { routes: [routeRow({ methods: ['get'] })] },
    problem: "route api methods: methods 'get' is not in its normal form",
    hint: "Set it anew: 'mtlb route set acme/api --methods …'.",
  },
  {
    name: 'an unknown way to authenticate',
    changes: { routes: [{ ...routeRow({}), ...JSON.parse('{"auth":"oidc"}') }] },
    problem: "route api auth: auth 'oidc' is not one of key, none",
    hint: "Set it anew: 'mtlb route set acme/api --auth …'.",
  },
  {
    name: 'a timeout of nothing',
    changes: { routes: [routeRow({ timeoutMs: 0 })] },
    problem: "route api timeout_ms: timeout '0ms' is not a duration from 1ms to 1w",
    hint: "Set it anew: 'mtlb route set acme/api --timeout …'.",
  },
  {
    name: 'an unknown algorithm',
    changes: { pools: [{ ...pools[0], balance: 'fastest' }] },
    problem:
      "pool web balance: balance 'fastest' is not one of round-robin, random, least-connections, two-choices, least-response-time, ip-hash, hash",
    hint: "Set it anew: 'mtlb pool set acme/web --balance …'.",
  },
  {
    name: 'a pool that hashes and does not say what',
    changes: { pools: [{ ...pools[0], balance: 'hash' }] },
    problem: "pool web hash_on: balance 'hash' does not know what to hash",
    hint: "Say it with '--hash-on header:NAME', or cookie:NAME, query:NAME, path, tenant or key.",
  },
  {
    name: 'a pool that says what to hash and does not hash',
    changes: { pools: [{ ...pools[0], hashOn: 'path' }] },
    problem: "pool web hash_on: hash on 'path' is for balance 'hash', not for 'round-robin'",
    hint: "Say '--balance hash', or take it away with '--hash-on='.",
  },
  {
    name: 'an address that sticks where something else is hashed',
    changes: { pools: [{ ...pools[0], balance: 'hash', hashOn: 'path', sticky: 'ip' }] },
    problem: "pool web sticky: sticky 'ip' leaves nothing to decide for balance 'hash'",
    hint: "Say '--sticky off' or '--sticky cookie', or another balance without '--hash-load'.",
  },
  {
    name: 'a bound on what is not hashed',
    changes: { pools: [{ ...pools[0], balance: 'random', hashLoadPercent: 125 }] },
    problem: "pool web hash_load_percent: hash load is for balance 'hash' and 'ip-hash', not for 'random'",
    hint: "Say '--balance hash' or '--balance ip-hash', or take it away with '--hash-load='.",
  },
  {
    name: 'an endpoint of a pool that is not its tenant’s',
    changes: {
      endpoints: [...endpoints, { id: 14, poolId: 99, url: 'http://127.0.0.1:9009', weight: 1, ...endpointDefaults }],
    },
    problem: "endpoint http://127.0.0.1:9009 pool_id: pool 99 is not a pool of tenant 'acme'",
    hint: "It was written by hand: 'DELETE FROM endpoint WHERE pool_id = 99'.",
  },
  {
    name: 'an endpoint with a path',
    changes: { endpoints: [{ ...endpoints[0], url: 'http://127.0.0.1:9001/x' }] },
    problem:
      "endpoint http://127.0.0.1:9001/x url: url 'http://127.0.0.1:9001/x' is not only scheme, host and port: it has the path '/x'",
    hint: "Use 'http://127.0.0.1:9001'.",
  },
  {
    name: 'a weight out of range',
    changes: { endpoints: [{ ...endpoints[0], weight: 1_001 }] },
    problem: "endpoint http://127.0.0.1:9001 weight: weight '1001' is not a whole number from 0 to 1000",
    hint: "Set it anew: 'mtlb endpoint set acme/web http://127.0.0.1:9001 --weight …'.",
  },
  {
    name: 'a host with a port',
    changes: { hosts: [{ id: 8, tenantId: 7, name: 'api.acme.test:80', note: '' }] },
    problem: "host api.acme.test:80 name: name 'api.acme.test:80' is not a name like 'api.acme.test' or '*.acme.test'",
    hint: "Use 'api.acme.test': no scheme, port or path.",
  },
  {
    name: 'a burst below one',
    changes: { limits: [limitRow({ rate: '100/s', burst: 0 })] },
    problem: "limit tenant burst: burst '0' is not a whole number from 1 to 1000000000",
    hint: "Set it anew: 'mtlb limit set acme --burst …'.",
  },
  {
    name: 'a rate without a period',
    changes: { limits: [limitRow({ rate: '100', burst: 1 })] },
    problem: "limit tenant rate: rate '100' is not a rate like '100/s', '5000/min' or '5/10s'",
    hint: "Set it anew: 'mtlb limit set acme --rate …'.",
  },
  {
    name: 'a limit of a route',
    changes: { limits: [limitRow({ target: 'route:api', concurrency: 0 })] },
    problem: "limit route:api concurrency: concurrency '0' is not a whole number from 1 to 1000000",
    hint: "Set it anew: 'mtlb limit set acme --route api --concurrency …'.",
  },
  {
    name: 'a limit of nothing that there is',
    changes: { limits: [limitRow({ target: 'pool:web', rate: '5/s' })] },
    problem:
      "limit pool:web target: target 'pool:web' is not one of 'tenant', 'route:NAME' and 'key:NAME', with '/client', '/header:NAME' or '/query:NAME' behind it or without",
    hint: "Remove it and add it again: 'mtlb limit remove acme'.",
  },
  {
    name: 'a burst without a rate',
    changes: { limits: [limitRow({ burst: 5, concurrency: 5 })] },
    problem: 'limit tenant burst: burst 5 needs a rate',
    hint: "Say it with '--rate 100/s', or take the burst away with '--burst='.",
  },
  {
    name: 'an ip rule with bits behind its prefix',
    changes: {
      ipRules: [{ id: 51, tenantId: 7, range: '10.0.0.1/8', action: 'deny', note: '', mode: 'enforce' as const }],
    },
    problem: "ip_rule 10.0.0.1/8 range: range '10.0.0.1/8' is not a range: bits behind the prefix are set",
    hint: "Use '10.0.0.0/8'.",
  },
  {
    name: 'a hash that is none',
    changes: { keys: [{ ...keys[0], hash: 'ABC' }] },
    problem: 'key ci hash: hash is not 64 lower-case hex digits',
    hint: "Revoke it: 'mtlb key revoke acme/ci', then add another: 'mtlb key add acme/…'.",
  },
  {
    name: 'an unknown state',
    changes: { tenant: { ...tenant, ...JSON.parse('{"state":"asleep"}') } },
    problem: "tenant acme state: state 'asleep' is not one of active, suspended",
    hint: "Remove it and add it again: 'mtlb tenant remove acme'.",
  },
]

for (const { name, changes, problem, hint } of cases) {
  test(`${name} is a problem`, () => {
    assert.deepEqual(problemsOf({ ...goodRows, ...changes }), [[problem, hint]])
  })
}

test('routes for different methods of one path are no problem', () => {
  const routes = [
    routeRow({}),
    routeRow({ name: 'get', methods: ['GET'] }),
    routeRow({ name: 'put', methods: ['PUT'] }),
  ]
  assert.deepEqual(problemsOf({ ...goodRows, routes }), [])
})

test('every problem is told at once', () => {
  const rows = {
    ...goodRows,
    hosts: [{ id: 8, tenantId: 7, name: '-', note: '' }],
    pools: [{ ...pools[0], balance: 'fastest' }],
    routes: [routeRow({ pool: 'web2', timeoutMs: 0 })],
  }
  assert.equal(problemsOf(rows).length, 4)
})

test('any rows either compile to a frozen snapshot or give problems', () => {
  const random = seededRandom(20_261_120)
  let good = 0
  for (let round = 0; round < 3_000; round++) {
    const rows = mutate(goodRows, random)
    const compiled = compileTenant(rows)
    if ('snapshot' in compiled) {
      good += 1
      assert.ok(isDeepFrozen(compiled.snapshot))
      assert.ok(compiled.snapshot.routes.every(({ pool }) => compiled.snapshot.pools[pool] !== undefined))
    } else {
      assert.ok(compiled.problems.length > 0)
      assert.ok(compiled.problems.every(({ message, hint }) => message !== '' && hint !== ''))
    }
  }
  assert.ok(good > 100 && good < 2_900, `${good} of 3000 compiled`)
})

function problemsOf(rows: TenantRows) {
  const compiled = compileTenant(rows)
  if ('snapshot' in compiled) return []
  return compiled.problems.map(({ table, row, field, message, hint }) => [`${table} ${row} ${field}: ${message}`, hint])
}

const oddTexts = ['', '/', 'web', 'x'.repeat(300), '10.0.0.0/8', '::/0', 'http://a', '100/s', '0/s', '\0', 'é', 'a b']
const oddNumbers = [0, 1, -1, 1.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY]
const oddValues: unknown[] = [...oddTexts, ...oddNumbers, undefined, null, true, [], ['GET'], [''], {}]

/** The same rows with a few values replaced, and a row doubled or gone here and there. */
function mutate(rows: TenantRows, random: SeededRandom): TenantRows {
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const rowsLeft = value.filter(() => random.fraction() > 0.03).map(change)
      return random.fraction() < 0.03 ? [...rowsLeft, ...rowsLeft] : rowsLeft
    }
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([property, inner]) => {
      if (typeof inner === 'object') return [property, change(inner)]
      return [property, random.fraction() < 0.02 ? random.pick(oddValues) : inner]
    })
    return Object.fromEntries(entries)
  }
  return change(rows) as TenantRows
}
