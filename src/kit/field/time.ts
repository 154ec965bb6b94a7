import { parseTime, renderTime } from '../time.ts'
import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'
import { numberKind } from './integer.ts'

/** A moment: Unix milliseconds in the row, RFC 3339 in UTC for everybody else. */
export function time<const Options extends FieldOptions<number>>(options: Options) {
  return createField<number, Options>(options, timeKind)
}

/** The last moment that a `Date` can hold. */
const maxTimeMs = 8.64e15

const timeKind: FieldKind<number> = {
  ...numberKind,
  kind: 'time',
  valueName: 'time',
  check: (column) => `${column} BETWEEN 0 AND ${maxTimeMs}`,
  parse(text, label) {
    const ms = parseTime(text)
    if (ms !== undefined && ms >= 0) return ms
    throw createMismatch(label, text, "a time like '2026-11-20T12:00:00Z'")
  },
  render: renderTime,
  renderRaw: renderTime,
  encodeJson: renderTime,
}
