import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { audit } from '../../src/model/audit.ts'
import { entities } from '../../src/model/index.ts'
import { renderSchema } from '../../src/store/render-schema.ts'

test('schema.sql is what the model declares', () => {
  const committed = readFileSync(join(import.meta.dirname, '../../schema.sql'), 'utf8')
  assert.equal(committed, renderSchema(), "schema.sql is out of date: run 'npm run generate'")
})

test('every table is strict, and its columns are the declared ones', () => {
  const database = new Database(':memory:').exec(renderSchema())
  for (const { table, ownerColumn, fieldList } of [...entities, audit]) {
    const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table)
    const declared = ['id', ownerColumn, ...fieldList.map(({ column }) => column)]
    assert.deepEqual(
      columns,
      declared.filter((column) => column !== undefined),
    )
    const strict = database.prepare('SELECT strict FROM pragma_table_list WHERE name = ?').pluck().get(table)
    assert.equal(strict, 1, table)
  }
})

test('words of the registries are not nailed into the schema', () => {
  assert.doesNotMatch(renderSchema(), /CHECK \([^)]*(least-connections|'key'|'none')/)
})
