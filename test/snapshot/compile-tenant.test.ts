import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findInIpTable } from '../../src/kit/ip-table.ts'
import type { TenantRows } from '../../src/model/rows.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { isDeepFrozen } from './is-deep-frozen.ts'
import { endpointDefaults, goodRows, retryDefaults, routeRow, unchecked, limitRow } from './tenant-rows.ts'

test('good rows become a frozen snapshot', () => {
  const snapshot = compile({})
  const { ipRules, ...rest } = snapshot
  assert.deepEqual(rest, {
    id: 7,
    name: 'acme',
    revision: 41,
    isSuspended: false,
    breaker: undefined,
    weight: 1,
    guarantee: 0,
    sharedPools: [],
    shadowIpRules: [],
    hosts: ['api.acme.test'],
    pools: [
      {
        id: 11,
        name: 'web',
        balance: 'round-robin',
        hashOn: undefined,
        hashLoadPercent: undefined,
        sticky: 'off',
        stickyAgeMs: 86_400_000,
        connectTimeoutMs: 5_000,
        slowStartMs: 0,
        spillBelowPercent: 70,
        panicBelowPercent: 0,
        ...unchecked,
        breaker: undefined,
        endpointBreaker: undefined,
        fromFile: undefined,
        fromExec: undefined,
        refreshMs: 10_000,
        endpoints: [
          {
            id: 12,
            url: 'http://127.0.0.1:9001',
            isTls: false,
            host: '127.0.0.1',
            address: '127.0.0.1',
            source: undefined,
            port: 9001,
            weight: 3,
            ...endpointDefaults,
          },
          {
            id: 13,
            url: 'https://[::1]',
            isTls: true,
            host: '::1',
            address: '::1',
            source: undefined,
            port: 443,
            weight: 0,
            ...endpointDefaults,
          },
        ],
      },
    ],
    routes: [
      {
        id: 21,
        name: 'api',
        path: '/',
        methods: [],
        pool: 0,
        isShared: false,
        auth: 'key',
        stripPrefix: false,
        pathMode: 'canonical',
        websocket: true,
        maxBodyBytes: undefined,
        isAuthShadow: false,
        isMaxBodyShadow: false,
        split: undefined,
        match: [],
        pathRegex: undefined,
        mirror: undefined,
        timeoutMs: 60_000,
        idleTimeoutMs: 60_000,
        requestTimeoutMs: undefined,
        ...retryDefaults,
      },
    ],
    keys: [{ id: 31, name: 'ci', hash: 'ab'.repeat(32) }],
    limits: [
      {
        id: 41,
        target: 'tenant',
        level: 'tenant',
        targetId: 0,
        per: undefined,
        rate: { count: 100, periodMs: 1_000, burst: 200 },
        concurrency: 0,
        bandwidth: 0,
        connectionBandwidth: 0,
        maxBodyBytes: undefined,
        isShadow: false,
        maxWaitMs: 0,
        quotas: [],
      },
    ],
  })
  assert.equal(ipRules?.isAllowOnly, false)
  assert.ok(isDeepFrozen(snapshot))
})

test('the longest path comes first, then certain methods before all, whatever the order of rows', () => {
  const routes = [
    routeRow({ name: 'root' }),
    routeRow({ name: 'v1', path: '/v1' }),
    routeRow({ name: 'v1-write', path: '/v1', methods: ['POST', 'PUT'] }),
    routeRow({ name: 'users', path: '/v1/users' }),
    routeRow({ name: 'v2', path: '/v2' }),
  ]
  const order = ['users', 'v1-write', 'v1', 'v2', 'root']
  for (const given of [routes, routes.toReversed()]) {
    assert.deepEqual(
      compile({ routes: given }).routes.map(({ name }) => name),
      order,
    )
  }
})

test('a pool may be empty', () => {
  assert.deepEqual(compile({ endpoints: [] }).pools[0].endpoints, [])
})

test('without a burst the limit admits as many at once as the rate counts', () => {
  const [{ rate, concurrency, isShadow }] = compile({ limits: [limitRow({ rate: '5/10s' })] }).limits
  assert.deepEqual(
    { rate, concurrency, isShadow },
    { rate: { count: 5, periodMs: 10_000, burst: 5 }, concurrency: 0, isShadow: false },
  )
})

test('a limit is of the tenant, of a route or of a key; one whose route or key is gone is none', () => {
  const limits = ['tenant', 'route:api', 'key:ci', 'route:gone', 'key:gone'].map((target, index) =>
    limitRow({ id: 41 + index, target, concurrency: 5 }),
  )
  assert.deepEqual(
    compile({ limits }).limits.map(({ id, target, level, targetId }) => [id, target, level, targetId]),
    [
      [41, 'tenant', 'tenant', 0],
      [42, 'route:api', 'route', 21],
      [43, 'key:ci', 'key', 31],
    ],
  )
})

test('revoked keys are left out', () => {
  const [ci] = goodRows.keys
  const keys = [ci, { ...ci, id: 32, name: 'old', revokedMs: 1 }]
  assert.deepEqual(
    compile({ keys }).keys.map(({ name }) => name),
    ['ci'],
  )
})

test('a suspended tenant compiles', () => {
  assert.equal(compile({ tenant: { ...goodRows.tenant, state: 'suspended' } }).isSuspended, true)
})

test('without ip rules there is nothing to ask', () => {
  assert.equal(compile({ ipRules: [] }).ipRules, undefined)
})

test('deny beats allow for the same range, the longest match wins, and any allow makes the tenant allow-only', () => {
  const rule = (range: string, action: 'allow' | 'deny') => ({
    id: 51,
    tenantId: 7,
    range,
    action,
    note: '',
    mode: 'enforce' as const,
  })
  const { ipRules } = compile({
    ipRules: [rule('10.0.0.0/8', 'deny'), rule('10.0.0.0/8', 'allow'), rule('10.1.0.0/16', 'allow')],
  })
  assert.ok(ipRules)
  assert.equal(ipRules.isAllowOnly, true)
  const found = (address: string) => ipRules.rules[findInIpTable(ipRules.table, address)]
  assert.deepEqual(found('10.9.9.9'), { range: '10.0.0.0/8', isAllowed: false })
  assert.deepEqual(found('10.1.2.3'), { range: '10.1.0.0/16', isAllowed: true })
  assert.equal(findInIpTable(ipRules.table, '192.0.2.1'), -1)
})

function compile(changes: Partial<TenantRows>) {
  const compiled = compileTenant({ ...goodRows, ...changes })
  assert.ok('snapshot' in compiled, JSON.stringify(compiled))
  return compiled.snapshot
}

test('a breaker is where it was asked for', () => {
  const breaker = {
    errorsPercent: 30,
    slowPercent: 0,
    slowAfterMs: 5_000,
    minRequests: 20,
    windowMs: 10_000,
    openMs: 5_000,
    isShadow: false,
  }
  const ask = (where: TenantRows['pools'][number]['breaker']) => {
    const { pools } = compile({ pools: [{ ...goodRows.pools[0], breaker: where, breakerErrorsPercent: 30 }] })
    return [pools[0].breaker, pools[0].endpointBreaker]
  }
  assert.deepEqual(ask('pool'), [breaker, undefined])
  assert.deepEqual(ask('endpoints'), [undefined, breaker])
  assert.deepEqual(ask('both'), [breaker, breaker])
  assert.deepEqual(
    compile({ tenant: { ...goodRows.tenant, breaker: true, breakerErrorsPercent: 30 } }).breaker,
    breaker,
  )
})
