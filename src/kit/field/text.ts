import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

interface TextOptions extends FieldOptions<string> {
  readonly maxLength?: number
}

/** One line of free text. */
export function text<const Options extends TextOptions>(options: Options) {
  return createField<string, Options>(options, createTextKind(options.maxLength ?? 200))
}

function createTextKind(maxLength: number): FieldKind<string> {
  return {
    ...textKind,
    kind: 'text',
    valueName: 'text',
    check: (column) => `length(${column}) <= ${maxLength}`,
    parse(given, label) {
      const trimmed = given.trim()
      if (/\p{Cc}/u.test(trimmed)) throw createMismatch(label, trimmed, 'one line without control characters')
      // SQLite counts characters, not UTF-16 units.
      if (Array.from(trimmed).length > maxLength)
        throw createMismatch(label, trimmed, `at most ${maxLength} characters`)
      return trimmed
    },
  }
}
