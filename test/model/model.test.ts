import assert from 'node:assert/strict'
import { test } from 'node:test'
import { algorithms } from '../../src/balance/index.ts'
import { authMethods } from '../../src/auth/index.ts'
import { audit } from '../../src/model/audit.ts'
import { entities, ownedBy, usesOf } from '../../src/model/index.ts'
import { key } from '../../src/model/key.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { tenant } from '../../src/model/tenant.ts'

test('owners come before what they own', () => {
  for (const [index, entity] of entities.entries()) {
    const before = entities.slice(0, index).map(({ table }) => table)
    assert.ok(entity.scope === 'global' || before.includes(entity.scope), entity.noun)
  }
})

test('nouns, commands and tables are told apart', () => {
  for (const property of ['noun', 'command', 'table'] as const) {
    assert.equal(new Set(entities.map((entity) => entity[property])).size, entities.length)
  }
})

test('every field says what it is for, in a sentence', () => {
  for (const entity of [...entities, audit]) {
    for (const { label, summary } of [...entity.fieldList, { label: '', summary: entity.summary }]) {
      assert.match(summary, /^[A-Z].*\.$/, `${entity.noun} ${label}`)
    }
  }
})

test('every default is what its own text reads as', () => {
  for (const field of entities.flatMap(({ fieldList }) => fieldList)) {
    if (field.default === undefined) continue
    assert.deepEqual(field.parse(field.render(field.default)), field.default)
  }
})

test('a name goes by no flag twice', () => {
  for (const { noun, fieldList } of entities) {
    assert.equal(new Set(fieldList.map(({ flag }) => flag)).size, fieldList.length, noun)
  }
})

test('choices come from the registries', () => {
  const names = (choices: readonly { name: string }[] | undefined) => choices?.map(({ name }) => name)
  assert.deepEqual(names(pool.fields.balance.choices), names(algorithms))
  assert.deepEqual(names(route.fields.auth.choices), names(authMethods))
  assert.ok(names(algorithms)?.includes(pool.fields.balance.default ?? ''))
  assert.ok(names(authMethods)?.includes(route.fields.auth.default ?? ''))
})

test('a pool is used by the routes that name it', () => {
  assert.deepEqual(
    usesOf(pool).map(({ entity, field }) => `${entity.noun} ${field.property}`),
    ['route pool'],
  )
  assert.deepEqual(usesOf(route), [])
})

test('a tenant owns everything but listeners and settings', () => {
  const reach = (owner: (typeof entities)[number]): readonly string[] =>
    ownedBy(owner).flatMap((owned) => [owned.table, ...reach(owned)])
  const others = entities.filter(({ table }) => !['plan', 'tenant', 'listener', 'price', 'setting'].includes(table))
  assert.deepEqual(reach(tenant).toSorted(), others.map(({ table }) => table).toSorted())
})

test('the hash of a key is a secret', () => {
  assert.ok(key.fields.hash.isSecret && key.fields.hash.isManaged)
})
