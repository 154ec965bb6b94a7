import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** A switch: `yes`, `on`, `true` or `1` and their opposites; 0 or 1 in the row. */
export function boolean<const Options extends FieldOptions<boolean>>(options: Options) {
  return createField<boolean, Options>(options, booleanKind)
}

const words = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
])

const booleanKind: FieldKind<boolean> = {
  kind: 'boolean',
  valueName: 'yes|no',
  sqlType: 'INTEGER',
  check: (column) => `${column} IN (0, 1)`,
  parse(text, label) {
    const value = words.get(text.toLowerCase())
    if (value === undefined) throw createMismatch(label, text, "'yes' or 'no'")
    return value
  },
  render: (value) => (value ? 'yes' : 'no'),
  renderRaw: String,
  encodeJson: (value) => value,
  encode: (value) => (value ? 1 : 0),
  decode: (stored) => stored === 1,
}
