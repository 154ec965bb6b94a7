import { createField, createMismatch, textKind } from './field.ts'
import type { FieldOptions } from './field.ts'

/** A code of ISO 4217: `EUR`. */
export function currency<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, {
    ...textKind,
    kind: 'currency',
    valueName: 'code',
    check: (column) => `${column} GLOB '[A-Z][A-Z][A-Z]'`,
    parse(text, label) {
      const code = text.toUpperCase()
      if (Intl.supportedValuesOf('currency').includes(code)) return code
      throw createMismatch(label, text, "a currency like 'EUR' or 'USD'")
    },
  })
}
