import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Database from 'better-sqlite3'
import type { Database as Connection } from 'better-sqlite3'
import { tenant } from '../../src/model/tenant.ts'
import { origin, tempStore } from '../support/temp-store.ts'
import { writeExample } from './example.ts'

/** A trail of two tenants, one of them gone and erased, and a second connection that keeps to no rule. */
function openTrail(t: TestContext) {
  const { store, folder } = tempStore(t)
  writeExample(store, 'acme')
  const { tenantId } = writeExample(store, 'globex')
  store.write(origin, (writer) => writer.update(tenant, 1, { note: 'pilot' }))
  store.write(origin, (writer) => writer.remove(tenant, tenantId))
  store.write(origin, (writer) => writer.erase('globex'))
  const raw = new Database(join(folder, 'mtlb.db'))
  raw.pragma('ignore_check_constraints = ON')
  t.after(() => raw.close())
  return { store, raw }
}

test('a trail that nobody touched is good, erased rows and all', (t) => {
  const { store } = openTrail(t)
  const { rows, erased, head, tampered } = store.verifyAudit()
  assert.equal(tampered, undefined)
  assert.equal(rows, store.listAudit({ count: 1e6 }).length)
  assert.equal(erased, store.listAudit({ tenant: 'erased-9', count: 1e6 }).length - 1)
  assert.match(head, /^[0-9a-f]{64}$/)
  assert.equal(tempStore(t).store.verifyAudit().rows, 0)
})

/** One value in all the ways in which one character of it may be another. */
function* alter(value: unknown): Iterable<unknown> {
  if (typeof value === 'number') yield* [value + 1, value - 1, -value - 1]
  if (value === null) yield* ['', 'x']
  if (typeof value !== 'string') return
  yield `${value} `
  for (let at = 0; at < value.length; at++) {
    const other = value[at] === '0' ? '1' : '0'
    yield value.slice(0, at) + other + value.slice(at + 1)
  }
  if (value !== '') yield value.slice(1)
}

const sealed = [
  ['audit', ['time_ms', 'actor', 'command', 'action', 'noun', 'name', 'tenant', 'before', 'after', 'revision']],
  ['audit_seal', ['salt', 'digest', 'chain']],
] as const

function listCells(raw: Connection) {
  return sealed.flatMap(([table, columns]) => {
    const rows = raw.prepare(`SELECT * FROM ${table} ORDER BY id`).all() as Record<string, unknown>[]
    return rows.flatMap((row) => columns.map((column) => ({ table, column, id: Number(row.id), value: row[column] })))
  })
}

test('whatever is changed in any row, the row is named', (t) => {
  const { store, raw } = openTrail(t)
  let changes = 0
  for (const { table, column, id, value } of listCells(raw)) {
    const set = raw.prepare(`UPDATE ${table} SET ${column} = ? WHERE id = ?`)
    const others = [...alter(value)]
    // Every character in one row, some in all.
    for (const other of id === 4 ? others : others.slice(0, 3)) {
      if (!canHold(() => set.run(other, id))) continue
      assert.equal(store.verifyAudit().tampered?.id, id, `${table} ${id}, ${column}`)
      changes += 1
    }
    set.run(value, id)
  }
  assert.equal(store.verifyAudit().tampered, undefined)
  assert.ok(changes > 1_000, `${changes} changes`)
})

/** A column does not take every kind of value, whoever writes. */
function canHold(write: () => void): boolean {
  try {
    write()
    return true
  } catch {
    return false
  }
}

test('a row that is missing is named, also the last one', (t) => {
  const { store, raw } = openTrail(t)
  const { rows } = store.verifyAudit()
  for (const id of [1, 5, rows]) {
    const saved = raw.prepare('SELECT * FROM audit WHERE id = ?').get(id) as Record<string, unknown>
    raw.prepare('DELETE FROM audit WHERE id = ?').run(id)
    assert.deepEqual(store.verifyAudit().tampered, { id, reason: 'it is missing' })
    const columns = Object.keys(saved)
    const places = columns.map((column) => `@${column}`).join(', ')
    raw.prepare(`INSERT INTO audit (${columns.join(', ')}) VALUES (${places})`).run(saved)
    assert.equal(store.verifyAudit().tampered, undefined)
  }
})

test('a row that comes from elsewhere is named', (t) => {
  const { store, raw } = openTrail(t)
  const { rows } = store.verifyAudit()
  raw.exec(
    `INSERT INTO audit (time_ms, actor, command, action, noun, name, revision) VALUES (1, 'x', 'x', 'set', 'pool', 'x', 1)`,
  )
  assert.deepEqual(store.verifyAudit().tampered, { id: rows + 1, reason: 'its seal is missing' })
})

test('values that are taken away without an erasure are missed', (t) => {
  const { store, raw } = openTrail(t)
  raw.exec(`UPDATE audit SET command = '', name = '', tenant = 'erased-9', before = NULL, after = NULL WHERE id = 3`)
  raw.exec('UPDATE audit_seal SET salt = NULL WHERE id = 3')
  assert.equal(store.verifyAudit().tampered?.id, 3)
})

test('who rewrites or shortens the whole trail is found out by a head that was noted', (t) => {
  const { store, raw } = openTrail(t)
  store.write(origin, (writer) => writer.update(tenant, 1, { note: 'more' }))
  const { head, rows } = store.verifyAudit()
  store.write(origin, (writer) => writer.update(tenant, 1, { note: 'and more' }))
  assert.equal(store.verifyAudit(head).tampered, undefined)
  for (const table of ['audit', 'audit_seal']) raw.exec(`DELETE FROM ${table} WHERE id >= ${rows}`)
  raw.exec(`UPDATE sqlite_sequence SET seq = ${rows - 1} WHERE name = 'audit'`)
  assert.equal(store.verifyAudit().tampered, undefined)
  assert.match(store.verifyAudit(head).tampered?.reason ?? '', /noted head/)
})
