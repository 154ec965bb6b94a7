import { parseRate, renderRate } from '../units.ts'
import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** `100/s`, `5000/min`, `5/10s`; kept in its shortest form. */
export function rate<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, rateKind)
}

const spelledUnits = new Map([
  ['sec', 's'],
  ['second', 's'],
  ['min', 'm'],
  ['minute', 'm'],
  ['hour', 'h'],
  ['day', 'd'],
])

const rateKind: FieldKind<string> = {
  ...textKind,
  kind: 'rate',
  valueName: 'rate',
  check: (column) => `${column} GLOB '[1-9]*/?*'`,
  parse(text, label) {
    const [count, period] = text.split('/', 2)
    const parsed = parseRate(`${count}/${spelledUnits.get(period) ?? period}`)
    if (parsed === undefined || text.split('/').length !== 2) {
      throw createMismatch(label, text, "a rate like '100/s', '5000/min' or '5/10s'")
    }
    return renderRate(parsed)
  },
}
