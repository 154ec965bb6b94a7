import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

interface IntegerOptions extends FieldOptions<number> {
  readonly min?: number
  readonly max?: number
}

/** A whole number; from 0 and without a bound unless the declaration says otherwise. */
export function integer<const Options extends IntegerOptions>(options: Options) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options
  return createField<number, Options>(options, createIntegerKind(min, max))
}

function createIntegerKind(min: number, max: number): FieldKind<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  return {
    ...numberKind,
    kind: 'integer',
    valueName: 'number',
    check: (column) => `${column} BETWEEN ${min} AND ${max}`,
    parse(text, label) {
      const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
      if (value >= min && value <= max) return value
      throw createMismatch(label, text, `a whole number ${range}`)
    },
  }
}

/** The half that everything shares which SQLite keeps as a whole number. */
export const numberKind = {
  sqlType: 'INTEGER',
  render: String,
  renderRaw: String,
  encode: (value: number) => value,
  decode: Number,
} as const
