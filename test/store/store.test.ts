import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { UserError } from '../../src/kit/user-error.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { host } from '../../src/model/host.ts'
import { entities } from '../../src/model/index.ts'
import { ipRule } from '../../src/model/ip-rule.ts'
import { key } from '../../src/model/key.ts'
import { limit } from '../../src/model/limit.ts'
import { listener } from '../../src/model/listener.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { setting } from '../../src/model/setting.ts'
import { tenant } from '../../src/model/tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import { origin, tempFolder, tempStore } from '../support/temp-store.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { writeExample } from './example.ts'
import { breakerDefaults, endpointDefaults, retryDefaults, unchecked } from '../snapshot/tenant-rows.ts'

test('a fresh database has one listener and nothing else', (t) => {
  const { store } = tempStore(t)
  assert.deepEqual(
    entities.flatMap((entity) => store.list(entity)),
    [{ id: 1, name: 'main', bind: '0.0.0.0:8080' }],
  )
})

test('reading a folder without a database shows a fresh one and writes nothing', (t) => {
  const folder = tempFolder(t)
  const store = openStore({ folder: `${folder}/none`, access: 'read', clock: fakeClock() })
  t.after(() => store.close())
  assert.equal(store.list(listener).length, 1)
  assert.equal(existsSync(`${folder}/none`), false)
})

test('a row comes back as it was written, with defaults for what was not said', (t) => {
  const { store } = tempStore(t)
  const { tenantId, poolId } = writeExample(store)
  assert.deepEqual(store.readTenant(tenantId), {
    tenant: {
      id: tenantId,
      name: 'acme',
      state: 'active',
      note: '',
      revision: store.readRevision(),
      breaker: false,
      ...breakerDefaults,
      plan: undefined,
      timeZone: 'UTC',
      weight: 1,
      guarantee: 0,
      grants: [],
      breakerMode: 'enforce',
    },
    plan: undefined,
    hosts: [{ id: 1, tenantId, name: 'api.acme.test', note: '' }],
    pools: [
      {
        id: poolId,
        tenantId,
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
        breaker: 'off',
        breakerMode: 'enforce',
        fromFile: undefined,
        fromExec: undefined,
        refreshMs: 10_000,
        ...breakerDefaults,
      },
    ],
    endpoints: [
      {
        id: 1,
        poolId,
        url: 'http://127.0.0.1:9001',
        weight: 3,
        ...endpointDefaults,
      },
    ],
    routes: [
      {
        id: 1,
        tenantId,
        name: 'api',
        path: '/v1',
        methods: ['GET', 'POST'],
        pool: 'web',
        auth: 'key',
        stripPrefix: true,
        pathMode: 'canonical',
        websocket: true,
        maxBodyBytes: undefined,
        authMode: 'enforce',
        maxBodyMode: 'enforce',
        split: [],
        splitOn: 'request',
        splitHeader: undefined,
        match: [],
        pathRegex: undefined,
        mirror: undefined,
        timeoutMs: 60_000,
        idleTimeoutMs: 60_000,
        requestTimeoutMs: undefined,
        ...retryDefaults,
      },
    ],
    keys: [{ id: 1, tenantId, name: 'ci', hash: 'ab'.repeat(32), prefix: 'mtlb_abcd', note: '', revokedMs: undefined }],
    limits: [
      {
        id: 1,
        tenantId,
        target: 'tenant',
        rate: '100/s',
        burst: undefined,
        concurrency: undefined,
        onExceed: 'reject',
        mode: 'enforce',
        bandwidthBytes: undefined,
        connectionBandwidthBytes: undefined,
        maxBodyBytes: undefined,
        maxWaitMs: 1_000,
        quotas: [],
      },
    ],
    ipRules: [{ id: 1, tenantId, range: '203.0.113.0/24', action: 'deny', note: 'scanner', mode: 'enforce' }],
  })
})

test('rows of one tenant do not show up in those of another', (t) => {
  const { store } = tempStore(t)
  writeExample(store)
  const other = writeExample(store, 'globex')
  const rows = store.readTenant(other.tenantId)
  assert.deepEqual(
    rows?.endpoints.map(({ poolId }) => poolId),
    [other.poolId],
  )
  assert.deepEqual(
    [rows?.hosts, rows?.pools, rows?.routes, rows?.keys, rows?.ipRules].map((list) => list?.length),
    [1, 1, 1, 1, 1],
  )
  assert.equal(store.readTenant(99), undefined)
})

test('find and list compare whole values and skip what is undefined', (t) => {
  const { store } = tempStore(t)
  const { tenantId } = writeExample(store)
  writeExample(store, 'globex')
  assert.equal(store.find(tenant, { name: 'acme' })?.id, tenantId)
  assert.equal(store.find(tenant, { name: 'ACME' }), undefined)
  assert.equal(store.find(route, { tenantId, methods: ['GET', 'POST'], stripPrefix: true })?.name, 'api')
  assert.equal(store.list(host, {}).length, 2)
})

test('a missing value can be written and taken away again', (t) => {
  const { store } = tempStore(t)
  const { limitId } = writeExample(store)
  store.write(origin, (writer) => writer.update(limit, limitId, { burst: 200 }))
  assert.equal(store.find(limit, { id: limitId })?.burst, 200)
  store.write(origin, (writer) => writer.update(limit, limitId, { burst: undefined }))
  assert.equal(store.find(limit, { id: limitId })?.burst, undefined)
})

test('a transaction that fails leaves nothing behind', (t) => {
  const { store } = tempStore(t)
  const before = { revision: store.readRevision(), audit: store.listAudit().length }
  const failing = () =>
    store.write(origin, (writer) => {
      const { id } = writer.insert(tenant, { name: 'acme' })
      writer.insert(host, { tenantId: id, name: 'api.acme.test' })
      writer.insert(host, { tenantId: id, name: 'api.acme.test' })
    })
  assert.throws(failing, UserError)
  assert.deepEqual(store.list(tenant), [])
  assert.deepEqual({ revision: store.readRevision(), audit: store.listAudit().length }, before)
})

test('a name is unique within its tenant only', (t) => {
  const { store } = tempStore(t)
  const { tenantId } = writeExample(store)
  writeExample(store, 'globex')
  assert.throws(() => store.write(origin, (writer) => writer.insert(pool, { tenantId, name: 'web' })), {
    code: 'conflict',
    message: "pool 'web' exists already in tenant 'acme'",
    hint: "See 'mtlb pool list acme'.",
  })
})

test('an endpoint is unique within its pool', (t) => {
  const { store } = tempStore(t)
  const { poolId } = writeExample(store)
  const [{ url }] = store.list(endpoint, { poolId })
  assert.throws(() => store.write(origin, (writer) => writer.insert(endpoint, { poolId, url })), {
    code: 'conflict',
    message: `endpoint '${url}' exists already in pool 'acme/web'`,
    hint: "See 'mtlb endpoint list acme/web'.",
  })
})

test("a host of another tenant is refused with that tenant's name", (t) => {
  const { store } = tempStore(t)
  writeExample(store)
  const { tenantId } = writeExample(store, 'globex')
  assert.throws(() => store.write(origin, (writer) => writer.insert(host, { tenantId, name: 'api.acme.test' })), {
    code: 'conflict',
    message: "host 'api.acme.test' belongs to another tenant, 'acme'",
  })
})

test('a tenant has one limit for itself, and one for each route', (t) => {
  const { store } = tempStore(t)
  const { tenantId } = writeExample(store)
  const insert = (target: string) =>
    store.write(origin, (writer) => writer.insert(limit, { tenantId, target, rate: '5/s' }))
  insert('route:api')
  assert.throws(() => insert('tenant'), { code: 'conflict', message: "limit 'tenant' exists already in tenant 'acme'" })
})

test('what is not there any more is not found', (t) => {
  const { store } = tempStore(t)
  const refused = [
    () => store.write(origin, (writer) => writer.insert(host, { tenantId: 99, name: 'a.test' })),
    () => store.write(origin, (writer) => writer.update(endpoint, 99, { weight: 1 })),
    () => store.write(origin, (writer) => writer.remove(route, 99)),
  ]
  for (const change of refused) assert.throws(change, { name: 'UserError', code: 'not_found' })
})

test('a value that SQL refuses is an error of the operator', (t) => {
  const { store } = tempStore(t)
  assert.throws(() => store.write(origin, (writer) => writer.insert(tenant, { name: 'Not A Name' })), {
    code: 'usage',
    message: "this tenant is refused by the database: name 'Not A Name'",
  })
})

test('an id is never used again', (t) => {
  const { store } = tempStore(t)
  const first = writeExample(store)
  store.write(origin, (writer) => writer.remove(tenant, first.tenantId))
  const second = writeExample(store)
  for (const name of Object.keys(first) as (keyof typeof first)[]) assert.ok(second[name] > first[name], name)
})

test('removing a tenant removes all that is its, and nothing else', (t) => {
  const { store } = tempStore(t)
  const { tenantId } = writeExample(store)
  const other = writeExample(store, 'globex')
  const rows = store.readTenant(other.tenantId)
  store.write(origin, (writer) => writer.remove(tenant, tenantId))
  for (const entity of [host, pool, endpoint, route, key, limit, ipRule]) assert.equal(store.list(entity).length, 1)
  assert.deepEqual(store.readTenant(other.tenantId), rows)
})

test('settings are part of the global rows', (t) => {
  const { store } = tempStore(t)
  const { revision } = store.write(origin, (writer) => {
    writer.insert(setting, { name: 'idle-timeout', value: '5s' })
  })
  const { stickySecret, ...rows } = store.readGlobal()
  assert.match(stickySecret, /^[\w-]{43}$/)
  assert.deepEqual(rows, {
    revision,
    listeners: [{ id: 1, name: 'main', bind: '0.0.0.0:8080' }],
    settings: [{ id: 1, name: 'idle-timeout', value: '5s' }],
  })
})

test('the data version moves with the commits of others only', (t) => {
  const { store, folder } = tempStore(t)
  const reader = openStore({ folder, access: 'read', clock: fakeClock() })
  t.after(() => reader.close())
  const before = reader.dataVersion()
  assert.equal(reader.dataVersion(), before)
  store.write(origin, (writer) => writer.insert(tenant, { name: 'acme' }))
  assert.notEqual(reader.dataVersion(), before)
  assert.equal(reader.find(tenant, { name: 'acme' })?.id, 1)
})

test('what is read together is of one moment', (t) => {
  const { store, folder } = tempStore(t)
  const reader = openStore({ folder, access: 'read', clock: fakeClock() })
  t.after(() => reader.close())
  reader.read(() => {
    assert.equal(reader.list(tenant).length, 0)
    store.write(origin, (writer) => writer.insert(tenant, { name: 'acme' }))
    assert.equal(reader.list(tenant).length, 0)
    assert.deepEqual(reader.readChanges(0).changedTenantIds, [])
  })
  assert.equal(reader.list(tenant).length, 1)
})
