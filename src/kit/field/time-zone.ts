import { createField, createMismatch, textKind } from './field.ts'
import type { FieldOptions } from './field.ts'

/** A name of the IANA's time zone database, in the database's spelling: `Europe/Berlin`, `UTC`. */
export function timeZone<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, {
    ...textKind,
    kind: 'time zone',
    valueName: 'zone',
    check: (column) => `length(${column}) BETWEEN 1 AND 64`,
    parse(text, label) {
      const found = findTimeZone(text)
      if (found !== undefined) return found
      throw createMismatch(label, text, "a time zone like 'Europe/Berlin', 'America/New_York' or 'UTC'")
    },
  })
}

/** Undefined for what is none. Offsets (`+02:00`) are none: they know no summer. */
function findTimeZone(text: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
