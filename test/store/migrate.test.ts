import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { tenant } from '../../src/model/tenant.ts'
import { newestVersion } from '../../src/store/migrate.ts'
import { migrations } from '../../src/store/migrations.ts'
import type { Migration } from '../../src/store/migrations.ts'
import { openDatabase } from '../../src/store/open-database.ts'
import { tempStore } from '../support/temp-store.ts'
import { writeExample } from './example.ts'

const now = newestVersion()

const addColour: Migration = {
  summary: 'tenants have a colour',
  run: (database) => database.exec("ALTER TABLE tenant ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'"),
}
const fail: Migration = {
  summary: 'fails halfway',
  run(database) {
    database.exec('ALTER TABLE tenant ADD COLUMN half TEXT')
    throw new Error('no more')
  },
}

test('a fresh database is at the end of the list and needs no backup', (t) => {
  const { folder } = tempStore(t)
  const database = openDatabase(join(folder, 'other.db'), 'write', [...migrations, addColour])
  assert.equal(database.pragma('user_version', { simple: true }), now + 1)
  database.close()
  assert.ok(!readdirSync(folder).some((name) => name.includes('backup')))
})

test('an older file is migrated in order, and a copy of it is kept', (t) => {
  const path = prepareFile(t)
  const addSize: Migration = { summary: 'size', run: (db) => db.exec('ALTER TABLE tenant ADD COLUMN size INTEGER') }
  const database = openDatabase(path, 'write', [...migrations, addColour, addSize])
  t.after(() => database.close())
  assert.equal(database.pragma('user_version', { simple: true }), now + 2)
  assert.deepEqual(database.prepare('SELECT name, colour, size FROM tenant').get(), {
    name: 'acme',
    colour: 'red',
    size: null,
  })
  assert.equal(database.pragma('foreign_keys', { simple: true }), 1)
  const backup = openDatabase(`${path}.backup-v${now}`, 'read')
  t.after(() => backup.close())
  assert.deepEqual(backup.prepare(`SELECT name FROM ${tenant.table}`).all(), [{ name: 'acme' }])
  assert.equal(statSync(`${path}.backup-v${now}`).mode, statSync(path).mode)
})

test('reading migrates too, once', (t) => {
  const path = prepareFile(t)
  for (let round = 0; round < 2; round += 1) {
    const database = openDatabase(path, 'read', [...migrations, addColour])
    assert.equal(database.readonly, true)
    assert.deepEqual(database.prepare('SELECT colour FROM tenant').all(), [{ colour: 'red' }])
    database.close()
  }
})

test('a migration that fails is rolled back, those before it stay', (t) => {
  const path = prepareFile(t)
  assert.throws(() => openDatabase(path, 'write', [...migrations, addColour, fail]), { message: 'no more' })
  const database = openDatabase(path, 'write', [...migrations, addColour])
  t.after(() => database.close())
  const columns = database.prepare("SELECT name FROM pragma_table_info('tenant')").pluck().all()
  assert.ok(columns.includes('colour') && !columns.includes('half'))
  assert.ok(existsSync(`${path}.backup-v${now}`))
})

test('a migration that leaves rows without an owner is rolled back', (t) => {
  const path = prepareFile(t)
  const loseTenants: Migration = { summary: 'loses tenants', run: (db) => db.exec('DELETE FROM tenant') }
  assert.throws(() => openDatabase(path, 'write', [...migrations, loseTenants]), {
    message: /leaves \d+ rows without their owner/,
  })
  const database = openDatabase(path, 'read')
  t.after(() => database.close())
  assert.equal(database.prepare('SELECT count(*) FROM tenant').pluck().get(), 1)
})

test('without a backup nothing is migrated, and no part of one is left', (t) => {
  const path = prepareFile(t)
  mkdirSync(`${path}.backup-v${now}`)
  assert.throws(() => openDatabase(path, 'write', [...migrations, addColour]), { code: 'EISDIR' })
  const database = openDatabase(path, 'read')
  t.after(() => database.close())
  assert.equal(database.pragma('user_version', { simple: true }), now)
  assert.ok(!readdirSync(dirname(path)).some((name) => name.includes('partial')))
})

function prepareFile(t: TestContext): string {
  const { store } = tempStore(t)
  writeExample(store)
  store.close()
  return store.path
}
