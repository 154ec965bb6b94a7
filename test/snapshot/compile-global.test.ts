import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findInIpTable } from '../../src/kit/ip-table.ts'
import type { GlobalRows } from '../../src/model/rows.ts'
import { compileGlobal } from '../../src/snapshot/compile-global.ts'
import { isDeepFrozen } from './is-deep-frozen.ts'

const good: GlobalRows = {
  revision: 3,
  listeners: [
    { id: 1, name: 'main', bind: '0.0.0.0:8080' },
    { id: 2, name: 'six', bind: '[::1]:0' },
    { id: 3, name: 'seven', bind: '[::1]:0' },
  ],
  settings: [{ id: 1, name: 'header-timeout', value: '2s' }],
  stickySecret: 'shh',
}

test('listeners and settings become a frozen snapshot, with defaults for what is not set', () => {
  const compiled = compileGlobal(good)
  assert.ok('snapshot' in compiled)
  assert.deepEqual(compiled.snapshot, {
    revision: 3,
    stickySecret: 'shh',
    traceToken: '34fbd13cf0d0d13afa685191c59bac10',
    traceSamplePercent: 0,
    listeners: [
      { id: 1, name: 'main', address: '0.0.0.0', port: 8080 },
      { id: 2, name: 'six', address: '::1', port: 0 },
      { id: 3, name: 'seven', address: '::1', port: 0 },
    ],
    trustedProxies: undefined,
    underscoreNames: 'drop',
    maxConnections: 0,
    maxConnectionsPerAddress: 0,
    maxConnectionsPerTenant: 0,
    headerTimeoutMs: 2_000,
    idleTimeoutMs: 15_000,
    minBodyRate: 240,
    writeTimeoutMs: 30_000,
    endpointIdleConnections: 4_096,
    endpointIdleTimeoutMs: 30_000,
    tunnelIdleTimeoutMs: 300_000,
    tunnelMaxAgeMs: 86_400_000,
    limit: undefined,
    rateLimitHeaders: 'standard',
    allowExec: false,
    dnsServers: [],
    allowAddresses: undefined,
    drainTimeoutMs: 30_000,
    maxInFlight: 0,
    queue: 100,
    queueTimeoutMs: 2_000,
    logRetentionDays: 30,
    logRetentionBytes: 10e9,
    zone: undefined,
  })
  assert.ok(isDeepFrozen(compiled.snapshot))
})

test('trusted proxies become a table', () => {
  const compiled = compileGlobal({
    ...good,
    settings: [{ id: 1, name: 'trusted-proxies', value: '10.0.0.0/8,::1/128' }],
  })
  assert.ok('snapshot' in compiled && compiled.snapshot.trustedProxies)
  assert.equal(findInIpTable(compiled.snapshot.trustedProxies, '10.2.3.4'), 1)
  assert.equal(findInIpTable(compiled.snapshot.trustedProxies, '192.0.2.1'), -1)
})

test('a listener on the address of another, an odd address and an odd setting are problems, all told at once', () => {
  const compiled = compileGlobal({
    revision: 3,
    stickySecret: '',
    listeners: [
      { id: 1, name: 'main', bind: '0.0.0.0:8080' },
      { id: 2, name: 'second', bind: '0.0.0.0:8080' },
      { id: 3, name: 'third', bind: ':80' },
    ],
    settings: [
      { id: 1, name: 'header-timeout', value: 'soon' },
      { id: 2, name: 'colour', value: 'red' },
    ],
  })
  assert.ok('problems' in compiled)
  assert.deepEqual(
    compiled.problems.map(({ table, row, field }) => `${table} ${row} ${field}`),
    ['listener third bind', 'listener second bind', 'setting header-timeout value', 'setting colour value'],
  )
})

test('the global limit is one of rate, of what is under way, or of both', () => {
  const limitOf = (settings: Readonly<Record<string, string>>) => {
    const rows = Object.entries(settings).map(([name, value], index) => ({ id: index + 1, name, value }))
    const compiled = compileGlobal({ ...good, settings: rows })
    return 'snapshot' in compiled ? compiled.snapshot.limit : compiled.problems
  }
  assert.equal(limitOf({ 'global-burst': '5' }), undefined)
  assert.partialDeepStrictEqual(limitOf({ 'global-rate': '50/s' }), {
    target: 'global',
    rate: { count: 50, periodMs: 1_000, burst: 50 },
    concurrency: 0,
  })
  assert.partialDeepStrictEqual(limitOf({ 'global-concurrency': '9' }), { rate: undefined, concurrency: 9 })
})
