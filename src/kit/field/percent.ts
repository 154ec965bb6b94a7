import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'
import { numberKind } from './integer.ts'

/** A whole share of a hundred, `70%`; the sign may be left out. */
export function percent<const Options extends FieldOptions<number>>(options: Options) {
  return createField<number, Options>(options, percentKind)
}

const percentKind: FieldKind<number> = {
  ...numberKind,
  kind: 'percent',
  valueName: 'percent',
  check: (column) => `${column} BETWEEN 0 AND 100`,
  parse(text, label) {
    const value = /^\d{1,3}%?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN
    if (value <= 100) return value
    throw createMismatch(label, text, 'a whole percentage from 0% to 100%')
  },
  render: (value) => `${value}%`,
}
