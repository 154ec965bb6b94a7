import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoint } from '../../src/model/endpoint.ts'
import { key } from '../../src/model/key.ts'
import { listener } from '../../src/model/listener.ts'
import { tenant } from '../../src/model/tenant.ts'
import { origin, tempStore } from '../support/temp-store.ts'
import { writeExample } from './example.ts'

test('every write leaves a line: who, when, what, by which command, at which revision', (t) => {
  const { store, clock } = tempStore(t)
  const { revision } = store.write({ actor: 'grace', command: 'mtlb tenant add acme' }, (writer) =>
    writer.insert(tenant, { name: 'acme', note: 'first' }),
  )
  assert.deepEqual(store.listAudit(), [
    {
      id: 1,
      timeMs: clock.wallMs(),
      actor: 'grace',
      command: 'mtlb tenant add acme',
      action: 'add',
      noun: 'tenant',
      name: 'acme',
      tenant: 'acme',
      before: undefined,
      after: {
        name: 'acme',
        state: 'active',
        note: 'first',
        plan: null,
        time_zone: 'UTC',
        weight: 1,
        guarantee: 0,
        grants: [],
        breaker_mode: 'enforce',
        breaker: false,
        breaker_errors_percent: 50,
        breaker_slow_percent: 0,
        breaker_slow_after_ms: 5_000,
        breaker_min_requests: 20,
        breaker_window_ms: 10_000,
        breaker_open_ms: 5_000,
      },
      revision,
    },
  ])
})

test('a change tells the values before and after', (t) => {
  const { store } = tempStore(t)
  const { endpointId } = writeExample(store)
  const { revision } = store.write(origin, (writer) => writer.update(endpoint, endpointId, { weight: 5 }))
  const others = { state: 'enabled', priority: 0, backup: false, zone: null, max_connections: 0 }
  const [line] = store.listAudit({ count: 1 })
  assert.deepEqual(
    { ...line, id: 0, timeMs: 0 },
    {
      id: 0,
      timeMs: 0,
      ...origin,
      action: 'set',
      noun: 'endpoint',
      name: 'web/http://127.0.0.1:9001',
      tenant: 'acme',
      before: { url: 'http://127.0.0.1:9001', weight: 3, ...others },
      after: { url: 'http://127.0.0.1:9001', weight: 5, ...others },
      revision,
    },
  )
})

test('a change that changes nothing leaves no line and no revision', (t) => {
  const { store } = tempStore(t)
  const { endpointId } = writeExample(store)
  const before = { revision: store.readRevision(), line: store.listAudit({ count: 1 }) }
  const { revision } = store.write(origin, (writer) => writer.update(endpoint, endpointId, { weight: 3 }))
  assert.deepEqual({ revision, line: store.listAudit({ count: 1 }) }, before)
})

test("what is removed with its owner has its own line, before the owner's", (t) => {
  const { store } = tempStore(t)
  const { tenantId } = writeExample(store)
  store.write(origin, (writer) => writer.remove(tenant, tenantId))
  const removed = store.listAudit().filter(({ action }) => action === 'remove')
  assert.deepEqual(
    removed.map(({ noun, name }) => `${noun} ${name}`),
    [
      'tenant acme',
      'ip rule 203.0.113.0/24',
      'limit tenant',
      'key ci',
      'route api',
      'pool web',
      'endpoint web/http://127.0.0.1:9001',
      'host api.acme.test',
    ],
  )
  assert.ok(removed.every((line) => line.tenant === 'acme' && line.before !== undefined && line.after === undefined))
})

test('of a key its hash is told, with which it can be brought back', (t) => {
  const { store } = tempStore(t)
  const { keyId } = writeExample(store)
  store.write(origin, (writer) => writer.update(key, keyId, { revokedMs: 5 }))
  store.write(origin, (writer) => writer.remove(key, keyId))
  assert.deepEqual(store.listAudit({ count: 1 })[0].before, {
    name: 'ci',
    hash: 'ab'.repeat(32),
    prefix: 'mtlb_abcd',
    note: '',
    revoked_ms: '1970-01-01T00:00:00.005Z',
  })
})

test("what is no tenant's has no tenant", (t) => {
  const { store } = tempStore(t)
  store.write(origin, (writer) => writer.update(listener, 1, { bind: '127.0.0.1:0' }))
  const [line] = store.listAudit()
  assert.deepEqual([line.noun, line.name, line.tenant], ['listener', 'main', undefined])
})

test('a command that is too long to keep is cut and stops nothing', (t) => {
  const { store } = tempStore(t)
  store.write({ actor: 'ada'.repeat(99), command: '🙂'.repeat(9_000) }, (writer) =>
    writer.insert(tenant, { name: 'a' }),
  )
  assert.equal(store.listAudit()[0].command.length, 4_000)
})

test('the trail is filtered and paged, newest first', (t) => {
  const { store, clock } = tempStore(t)
  writeExample(store)
  clock.advance(60_000)
  store.write({ ...origin, actor: 'grace' }, (writer) => {
    for (const name of ['a', 'b', 'c']) writer.insert(tenant, { name })
  })
  const names = (filter: Parameters<typeof store.listAudit>[0]) => store.listAudit(filter).map(({ name }) => name)
  assert.deepEqual(names({ actor: 'grace' }), ['c', 'b', 'a'])
  assert.deepEqual(names({ sinceMs: clock.wallMs() }), ['c', 'b', 'a'])
  assert.deepEqual(names({ tenant: 'b' }), ['b'])
  assert.deepEqual(names({ noun: 'pool' }), ['web'])
  assert.deepEqual(names({ noun: 'tenant', name: 'acme' }), ['acme'])
  const [newest] = store.listAudit({ count: 1 })
  assert.deepEqual(names({ count: 1, beforeId: newest.id }), ['b'])
  assert.deepEqual(store.findAudit(newest.id), newest)
  assert.equal(store.findAudit(99), undefined)
})

test('a name that is too long to keep is cut and stops nothing', (t) => {
  const { store } = tempStore(t)
  const { poolId } = writeExample(store)
  const url = `http://${'long.'.repeat(300)}test`
  store.write(origin, (writer) => writer.insert(endpoint, { poolId, url }))
  assert.equal(store.listAudit()[0].name, `web/${url}`.slice(0, 1_000))
})
