import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineEntity } from '../../src/kit/entity.ts'
import type { ChangesOf, NewRowOf, RowOf } from '../../src/kit/entity.ts'
import { boolean } from '../../src/kit/field/boolean.ts'
import { choice } from '../../src/kit/field/choice.ts'
import { duration } from '../../src/kit/field/duration.ts'
import { integer } from '../../src/kit/field/integer.ts'
import { name } from '../../src/kit/field/name.ts'
import { optional } from '../../src/kit/field/optional.ts'
import { UserError } from '../../src/kit/user-error.ts'

const door = defineEntity({
  noun: 'door',
  table: 'door',
  summary: 'A way in.',
  scope: 'house',
  nameField: 'name',
  fields: {
    name: name({ summary: 'Name.', isImmutable: true }),
    openTimeMs: duration({ summary: 'How long it stays open.', default: 5_000 }),
    colour: choice({
      summary: 'Colour.',
      choices: [
        { name: 'red', summary: '' },
        { name: 'blue', summary: '' },
      ],
    }),
    isLocked: boolean({ summary: 'Whether it is locked.', default: false }),
    bells: optional(integer({ summary: 'Number of bells.', min: 1 })),
  },
})

// The compiler is the test: rows have exactly these types.
const row: RowOf<typeof door> = {
  id: 1,
  houseId: 2,
  name: 'front',
  openTimeMs: 5,
  colour: 'red',
  isLocked: true,
  bells: undefined,
}
const newRow: NewRowOf<typeof door> = { houseId: 2, name: 'front', colour: 'blue' }
const changes: ChangesOf<typeof door> = { openTimeMs: 7 }

test('a field is named once for property, column, flag and label', () => {
  const { property, column, flag, label } = door.fields.openTimeMs
  assert.deepEqual(
    { property, column, flag, label },
    { property: 'openTimeMs', column: 'open_time_ms', flag: '--open-time', label: 'open time' },
  )
})

test('an entity knows its owner, its command and its fields in order', () => {
  assert.equal(door.ownerColumn, 'house_id')
  assert.equal(door.ownerProperty, 'houseId')
  assert.equal(door.command, 'door')
  assert.deepEqual(
    door.fieldList.map((field) => field.property),
    Object.keys(row).filter((property) => !/id$/i.test(property)),
  )
})

test('a field with a default need not be given, all others must', () => {
  const required = door.fieldList.filter((field) => field.need === 'required').map((field) => field.property)
  assert.deepEqual(
    required,
    Object.keys(newRow).filter((property) => property !== 'houseId'),
  )
  assert.ok(Object.keys(changes).every((property) => property in door.fields))
})

test('a value that does not fit is refused with the label that people know', () => {
  assert.throws(
    () => door.fields.openTimeMs.parse('soon'),
    (error) => error instanceof UserError && error.code === 'usage' && error.message.startsWith("open time 'soon' is"),
  )
})

test('a declaration is frozen', () => {
  assert.ok(Object.isFrozen(door) && Object.isFrozen(door.fields) && Object.isFrozen(door.fields.name))
})
