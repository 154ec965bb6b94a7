import { parseRange, renderRange, suggestRange } from '../ip.ts'
import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** `203.0.113.0/24`, `2001:db8::/32`; a single address gets its length. */
export function ipRange<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, ipRangeKind)
}

export const ipRangeKind: FieldKind<string> = {
  ...textKind,
  kind: 'range',
  valueName: 'range',
  check: (column) => `${column} GLOB '?*/?*'`,
  parse(text, label) {
    const range = parseRange(text)
    if (range !== undefined) return renderRange(range)
    const suggested = suggestRange(text)
    if (suggested === undefined) throw createMismatch(label, text, "an address range like '203.0.113.0/24'")
    throw createMismatch(label, text, 'a range: bits behind the prefix are set', `Use '${suggested}'.`)
  },
}
