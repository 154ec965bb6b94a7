import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Database from 'better-sqlite3'
import { entities } from '../../src/model/index.ts'
import { listener } from '../../src/model/listener.ts'
import { pool } from '../../src/model/pool.ts'
import { tenant } from '../../src/model/tenant.ts'
import { origin, tempStore } from '../support/temp-store.ts'
import { writeExample } from './example.ts'

/** Somebody with a plain SQL shell, who knows nothing of revisions. */
function openRaw(t: TestContext, folder: string) {
  const database = new Database(join(folder, 'mtlb.db'))
  t.after(() => database.close())
  database.pragma('foreign_keys = ON')
  return database
}

const tenantScoped = entities.filter(({ scope }) => scope !== 'global')
const rawInserts: Readonly<Record<string, string>> = {
  host: "INSERT INTO host (tenant_id, name) VALUES (1, 'b.test')",
  pool: "INSERT INTO pool (tenant_id, name) VALUES (1, 'b')",
  endpoint: "INSERT INTO endpoint (pool_id, url) VALUES (1, 'http://b')",
  route: "INSERT INTO route (tenant_id, name, pool) VALUES (1, 'b', 'web')",
  key: "INSERT INTO key (tenant_id, name, hash, prefix) VALUES (1, 'b', '', '')",
  limit: `INSERT INTO "limit" (tenant_id, target, rate) VALUES (1, 'tenant', '9/s')`,
  ip_rule: "INSERT INTO ip_rule (tenant_id, range, action) VALUES (1, '10.0.0.0/8', 'deny')",
}

for (const { table, fieldList } of tenantScoped) {
  test(`any SQL writer moves the tenant's revision, and no other's, through ${table}`, (t) => {
    const { store, folder } = tempStore(t)
    const { tenantId } = writeExample(store)
    writeExample(store, 'globex')
    const raw = openRaw(t, folder)
    const { column } = fieldList[0]
    const statements = [
      `UPDATE "${table}" SET "${column}" = "${column}" WHERE id = 1`,
      `DELETE FROM "${table}" WHERE id = 1`,
      rawInserts[table],
    ]
    for (const sql of statements) {
      const before = store.readRevision()
      assert.equal(raw.prepare(sql).run().changes, 1)
      const revision = store.readRevision()
      assert.ok(revision > before, sql)
      assert.deepEqual(store.readChanges(before), {
        revision,
        changedTenantIds: [tenantId],
        removedTenantIds: [],
        isGlobalChanged: false,
      })
      assert.equal(store.find(tenant, { id: tenantId })?.revision, revision)
    }
  })
}

for (const sql of [
  "UPDATE listener SET bind = '127.0.0.1:0'",
  'DELETE FROM listener',
  "INSERT INTO listener (name, bind) VALUES ('b', '[::1]:0')",
  "INSERT INTO setting (name, value) VALUES ('idle-timeout', '5s')",
]) {
  test(`any SQL writer moves the global revision: ${sql}`, (t) => {
    const { store, folder } = tempStore(t)
    writeExample(store)
    const before = store.readRevision()
    openRaw(t, folder).exec(sql)
    const revision = store.readRevision()
    assert.ok(revision > before)
    assert.deepEqual(store.readChanges(before), {
      revision,
      changedTenantIds: [],
      removedTenantIds: [],
      isGlobalChanged: true,
    })
    assert.equal(store.readGlobal().revision, revision)
  })
}

test('a tenant that any SQL writer removes takes all with it and is reported once', (t) => {
  const { store, folder } = tempStore(t)
  const { tenantId } = writeExample(store)
  const other = writeExample(store, 'globex')
  const before = store.readRevision()
  openRaw(t, folder).exec("DELETE FROM tenant WHERE name = 'acme'")
  const changes = store.readChanges(before)
  assert.deepEqual(changes.removedTenantIds, [tenantId])
  assert.deepEqual(changes.changedTenantIds, [])
  assert.deepEqual(store.readChanges(changes.revision).removedTenantIds, [])
  for (const entity of tenantScoped) assert.equal(store.list(entity).length, 1, entity.noun)
  assert.equal(store.readTenant(other.tenantId)?.tenant.name, 'globex')
})

test('a row that moves to another tenant changes both', (t) => {
  const { store, folder } = tempStore(t)
  const ids = [writeExample(store).tenantId, writeExample(store, 'globex').tenantId]
  const before = store.readRevision()
  openRaw(t, folder).exec("UPDATE host SET tenant_id = 2 WHERE name = 'api.acme.test'")
  assert.deepEqual(store.readChanges(before).changedTenantIds, ids)
})

test('changes are told exactly: all after revision 0, nothing after the latest', (t) => {
  const { store } = tempStore(t)
  const ids = ['a', 'b', 'c'].map((name) => writeExample(store, name).tenantId)
  const revision = store.readRevision()
  assert.deepEqual(store.readChanges(0), {
    revision,
    changedTenantIds: ids,
    removedTenantIds: [],
    isGlobalChanged: true,
  })
  const nothing = { revision, changedTenantIds: [], removedTenantIds: [], isGlobalChanged: false }
  assert.deepEqual(store.readChanges(revision), nothing)
})

test('one transaction over many tenants is told as one set of changes', (t) => {
  const { store } = tempStore(t)
  const [a, b, c] = ['a', 'b', 'c'].map((name) => writeExample(store, name).tenantId)
  const since = store.readRevision()
  const { revision } = store.write(origin, (writer) => {
    writer.insert(pool, { tenantId: a, name: 'more' })
    writer.remove(tenant, b)
    writer.update(listener, 1, { bind: '127.0.0.1:0' })
  })
  assert.deepEqual(store.readChanges(since), {
    revision,
    changedTenantIds: [a],
    removedTenantIds: [b],
    isGlobalChanged: true,
  })
  assert.ok((store.find(tenant, { id: c })?.revision ?? 0) <= since)
})

test('a revision from the future means an older file: everything changed', (t) => {
  const { store } = tempStore(t)
  const { tenantId } = writeExample(store)
  const changes = store.readChanges(10_000)
  assert.deepEqual(changes.changedTenantIds, [tenantId])
  assert.equal(changes.isGlobalChanged, true)
})
