import { parseBytes, renderBytes } from '../units.ts'
import { createField, createMismatch } from './field.ts'
import type { FieldOptions } from './field.ts'
import { numberKind } from './integer.ts'

const least = 1_000
const most = 1e12

/** Bytes per second, written with a unit: `10MB/s`. */
export function bandwidth<const Options extends FieldOptions<number>>(options: Options) {
  return createField<number, Options>(options, {
    ...numberKind,
    kind: 'bandwidth',
    valueName: 'bytes/s',
    check: (column) => `${column} BETWEEN ${least} AND ${most}`,
    parse(text, label) {
      const value = text.endsWith('/s') ? parseBytes(text.slice(0, -2)) : undefined
      if (value !== undefined && value >= least && value <= most) return value
      throw createMismatch(label, text, "bytes per second like '500kB/s' or '10MB/s', from 1kB/s to 1TB/s")
    },
    render: (value) => `${renderBytes(value)}/s`,
  })
}
