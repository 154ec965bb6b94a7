import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import Database from 'better-sqlite3'
import { UserError } from '../../../src/kit/user-error.ts'
import { fieldCases } from './field-cases.ts'
import type { FieldCase } from './field-cases.ts'

for (const { field, good, bad, refused } of fieldCases) {
  suite(`a field of kind ${field.isNullable ? 'optional ' : ''}${field.kind}`, () => {
    test('reads what operators type and keeps it in one normal form', () => {
      const stored = good.map(([text]) => field.encode(field.parse(text, 'thing')))
      assert.deepEqual(
        stored,
        good.map(([, expected]) => expected),
      )
    })

    test('gives back from the row what went into it', () => {
      for (const [text] of good) {
        const value = field.parse(text, 'thing')
        assert.deepEqual(field.decode(field.encode(value)), value)
      }
    })

    test('renders what it can read again', () => {
      for (const [text] of good) {
        const value = field.parse(text, 'thing')
        assert.deepEqual(field.parse(field.render(value), 'thing'), value)
        assert.equal(typeof field.renderRaw(value), 'string')
        assert.doesNotThrow(() => JSON.stringify(field.encodeJson(value)))
      }
    })

    test('refuses all else and names the label and the value', () => {
      for (const text of bad) assert.throws(() => field.parse(text, 'thing'), namesLabelAndValue(text), `'${text}'`)
    })

    test('decodes whatever SQL may hold without throwing', () => {
      for (const stored of [null, '', 'x', '{', 0, -1, 1.5]) assert.doesNotThrow(() => field.decode(stored))
    })

    test('has a check that takes every normal form and refuses other shapes', () => {
      const insert = createTable({ field, good, bad, refused })
      for (const [, stored] of good) assert.doesNotThrow(() => insert.run(stored), `${stored}`)
      for (const stored of refused) assert.throws(() => insert.run(stored), { name: 'SqliteError' }, `${stored}`)
    })
  })
}

test('every kind of field is tried', () => {
  const folder = join(import.meta.dirname, '../../../src/kit/field')
  const builders = readdirSync(folder).filter(
    (file) => !['field.ts', 'method.ts', 'retry-cause.ts', 'status-range.ts'].includes(file),
  )
  // name.ts, choice.ts and split.ts have two kinds each.
  assert.equal(fieldCases.length, builders.length + 3)
})

test('a mistake that can be guessed is answered with the mend', () => {
  const hints = [
    ['name', 'Acme Corp', "Try 'acme-corp'."],
    ['range', '203.0.113.7/24', "Use '203.0.113.0/24'."],
    ['url', '127.0.0.1:9001', "Use 'http://127.0.0.1:9001'."],
    ['url', 'http://a:81/b', "Use 'http://a:81'."],
    ['bind', ':8080', "Use '0.0.0.0:8080'."],
    ['host', 'https://a.test:80/x', "Use 'a.test': no scheme, port or path."],
    ['duration', '5', "Say the unit: '5s' or '5ms'."],
    ['path', 'v1', "Use '/v1'."],
  ]
  for (const [kind, text, hint] of hints) {
    const field = fieldCases.find((candidate) => candidate.field.kind === kind)?.field
    assert.throws(() => field?.parse(text, 'thing'), { hint })
  }
})

function namesLabelAndValue(text: string) {
  return (error: unknown) =>
    error instanceof UserError &&
    error.code === 'usage' &&
    error.message.startsWith('thing ') &&
    (error.message.includes(`'${text.slice(0, 60)}`) || text.includes(','))
}

function createTable({ field }: FieldCase) {
  const check = field.check('value')
  const database = new Database(':memory:')
  const constraint = check === undefined ? '' : `CHECK (${check})`
  database.exec(`CREATE TABLE t (value ${field.sqlType} ${field.isNullable ? '' : 'NOT NULL'} ${constraint}) STRICT`)
  return database.prepare('INSERT INTO t VALUES (?)')
}
