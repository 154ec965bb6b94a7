import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Database from 'better-sqlite3'
import type { Database as Connection } from 'better-sqlite3'
import { route } from '../../src/model/route.ts'
import { tenant } from '../../src/model/tenant.ts'
import { applicationId } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open-database.ts'
import { openStore } from '../../src/store/open-store.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { origin, tempFolder } from '../support/temp-store.ts'

/** The schema of version 1, as it was. */
const schema = readFileSync(join(import.meta.dirname, 'schema-v1.sql'), 'utf8')

const rows = `
  INSERT INTO listener (name, bind) VALUES ('main', '0.0.0.0:8080');
  INSERT INTO tenant (name) VALUES ('acme'), ('globex');
  INSERT INTO host (tenant_id, name) VALUES (1, 'acme.test');
  INSERT INTO pool (tenant_id, name, balance, connect_timeout_ms) VALUES (1, 'web', 'least-connections', 2000);
  INSERT INTO endpoint (pool_id, url, weight) VALUES (1, 'http://127.0.0.1:9001', 3);
  INSERT INTO route (tenant_id, name, path, methods, pool, auth, strip_prefix, timeout_ms) VALUES
    (1, 'api', '/v1', 'GET,POST', 'web', 'none', 1, 5000), (1, 'all', '/', '', 'web', 'key', 0, 60000),
    (2, 'gone', '/', '', 'web', 'key', 0, 60000);
  INSERT INTO "key" (tenant_id, name, hash, prefix) VALUES (1, 'ci', 'ab', 'mtlb_');
  INSERT INTO "limit" (tenant_id, rate, burst) VALUES (1, '100/s', 200);
  INSERT INTO ip_rule (tenant_id, "range", action) VALUES (1, '203.0.113.0/24', 'deny');
  INSERT INTO setting (name, value) VALUES ('idle-timeout', '20s');
  INSERT INTO audit (time_ms, actor, command, action, noun, name, revision) VALUES (1, 'ada', 'x', 'add', 'route', 'api', 9);
  DELETE FROM route WHERE name = 'gone';
  DELETE FROM tenant WHERE name = 'globex';`

const tables = ['tenant', 'host', 'listener', '"key"', '"limit"', 'ip_rule', 'setting', 'audit']
const others = [...tables, 'revision', 'removed_tenant', 'sqlite_sequence']

test('a database of version 1 becomes what a fresh one is', (t) => {
  const migrated = openDatabase(writeVersion1(t), 'write')
  t.after(() => migrated.close())
  const fresh = openDatabase(join(tempFolder(t), 'mtlb.db'), 'write')
  t.after(() => fresh.close())
  assert.deepEqual(describeSchema(migrated), describeSchema(fresh))
  for (const name of ['user_version', 'application_id']) assert.deepEqual(migrated.pragma(name), fresh.pragma(name))
  assert.deepEqual(migrated.pragma('integrity_check'), [{ integrity_check: 'ok' }])
  assert.deepEqual(migrated.pragma('foreign_key_check'), [])
})

/** Of tenants and pools since version 9. */
const breaker = {
  breaker_errors_percent: 50,
  breaker_slow_percent: 0,
  breaker_slow_after_ms: 5_000,
  breaker_min_requests: 20,
  breaker_window_ms: 10_000,
  breaker_open_ms: 5_000,
}

test('every row is there as it was, and no revision has moved', (t) => {
  const path = writeVersion1(t)
  const before = dump(new Database(path, { readonly: true }))
  const migrated = openDatabase(path, 'write')
  t.after(() => migrated.close())
  const since: Readonly<Record<string, object>> = {
    tenant: {
      breaker: 0,
      ...breaker,
      plan: null,
      time_zone: 'UTC',
      weight: 1,
      guarantee: 0,
      grants: '',
      breaker_mode: 'enforce',
    },
    ip_rule: { mode: 'enforce' },
    '"limit"': {
      target: 'tenant',
      concurrency: null,
      on_exceed: 'reject',
      bandwidth_bytes: null,
      connection_bandwidth_bytes: null,
      max_body_bytes: null,
      max_wait_ms: 1_000,
      quotas: '',
      mode: 'enforce',
    },
  }
  const expected = before.map((rows, index) => rows.map((row) => ({ ...row, ...since[others[index]] })))
  assert.deepEqual(dump(migrated), expected)
  const web = { id: 1, tenant_id: 1, name: 'web', balance: 'least-connections', connect_timeout_ms: 2_000 }
  const since5 = {
    health: 'off',
    health_method: 'GET',
    health_path: '/',
    health_host: null,
    health_statuses: '200-399',
    health_body: null,
    health_headers: '',
    health_json: null,
    health_command: null,
    health_interval_ms: 5_000,
    health_down_interval_ms: null,
    health_timeout_ms: 2_000,
    rise: 2,
    fall: 3,
    eject_after: 5,
    eject_time_ms: 10_000,
    eject_max_time_ms: 300_000,
    retry_budget_percent: 20,
    max_in_flight: 0,
    queue: 0,
    queue_timeout_ms: 2_000,
    eject_deviation_percent: 190,
    eject_min_requests: 100,
    adaptive: 0,
    breaker: 'off',
    breaker_mode: 'enforce',
    from_file: null,
    from_exec: null,
    refresh_ms: 10_000,
    ...breaker,
  }
  const since4 = { slow_start_ms: 0, spill_below_percent: 70, panic_below_percent: 0, ...since5 }
  assert.deepEqual(migrated.prepare('SELECT * FROM pool').all(), [
    { ...web, hash_on: null, hash_load_percent: null, sticky: 'off', sticky_age_ms: 86_400_000, ...since4 },
  ])
  const since4Endpoint = { state: 'enabled', priority: 0, backup: 0, zone: null, max_connections: 0 }
  assert.deepEqual(migrated.prepare('SELECT * FROM endpoint').all(), [
    { id: 1, pool_id: 1, url: 'http://127.0.0.1:9001', weight: 3, ...since4Endpoint },
  ])
  const shared = { tenant_id: 1, pool: 'web' }
  const added = {
    path_mode: 'canonical',
    websocket: 1,
    max_body_bytes: null,
    idle_timeout_ms: 60_000,
    request_timeout_ms: null,
    attempts: 3,
    retry_on: 'connect,reset',
    retry_non_idempotent: 0,
    retry_backoff_ms: 25,
    hedge: 0,
    auth_mode: 'enforce',
    max_body_mode: 'enforce',
    split: '',
    split_on: 'request',
    split_header: null,
    match: '',
    path_regex: null,
    mirror: null,
  }
  const api = { id: 1, name: 'api', path: '/v1', methods: 'GET,POST', auth: 'none', strip_prefix: 1, timeout_ms: 5_000 }
  const all = { id: 2, name: 'all', path: '/', methods: '', auth: 'key', strip_prefix: 0, timeout_ms: 60_000 }
  assert.deepEqual(migrated.prepare('SELECT * FROM route ORDER BY id').all(), [
    { ...shared, ...added, ...api },
    { ...shared, ...added, ...all },
  ])
})

test('every file gets a secret of its own, whether it is migrated or made', (t) => {
  const made = [writeVersion1(t), writeVersion1(t), join(tempFolder(t), 'mtlb.db')].map((path) => {
    const database = openDatabase(path, 'write')
    t.after(() => database.close())
    return String(database.prepare('SELECT value FROM secret').pluck().get())
  })
  assert.equal(new Set(made).size, 3)
  assert.ok(made.every((secret) => /^[\w-]{43}$/.test(secret)))
})

test('what was migrated goes on: ids are never used again, and triggers move the revision', (t) => {
  const path = writeVersion1(t)
  const store = openStore({ folder: join(path, '..'), access: 'write', clock: fakeClock() })
  t.after(() => store.close())
  const before = store.find(tenant, { name: 'acme' })?.revision ?? Infinity
  const { result, revision } = store.write(origin, (writer) =>
    writer.insert(route, { tenantId: 1, name: 'new', pool: 'web', pathMode: 'raw', maxBodyBytes: 10 }),
  )
  assert.equal(result.id, 4)
  assert.equal(store.find(route, { tenantId: 1, name: 'new' })?.maxBodyBytes, 10)
  assert.equal(store.find(tenant, { name: 'acme' })?.revision, revision)
  assert.ok(revision > before)
})

/** Without comments, which every version may word anew. */
function describeSchema(database: Connection): unknown {
  return database
    .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name != 'sqlite_sequence' ORDER BY type, name")
    .all()
    .map((entry) =>
      JSON.stringify(entry)
        .replaceAll(/ -- .*?\\n/g, ' ')
        .replaceAll(/(?:\s|\\n)*(,?)(?:\s|\\n)+/g, '$1 '),
    )
}

function dump(database: Connection): Record<string, unknown>[][] {
  return others.map((table) => database.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY 1`).all())
}

function writeVersion1(t: TestContext): string {
  const path = join(tempFolder(t), 'mtlb.db')
  const database = new Database(path)
  database.pragma('foreign_keys = ON')
  database.exec(schema).exec(rows)
  database.pragma(`application_id = ${applicationId}`)
  database.pragma('user_version = 1')
  database.close()
  return path
}
