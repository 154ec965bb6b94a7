import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** What operators call a thing: lower case, without a slash, so that `acme/web` is never ambiguous. */
export function name<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, nameKind)
}

/** The name of a row of another table, within the same tenant. The row may be missing: the compiler reports that. */
export function reference<const Options extends FieldOptions<string>>(table: string, options: Options) {
  return createField<string, Options>(options, { ...nameKind, kind: 'reference', valueName: table, refersTo: table })
}

export const namePattern = /^[a-z0-9][a-z0-9._-]{0,62}$/

export const nameKind: FieldKind<string> = {
  ...textKind,
  kind: 'name',
  valueName: 'name',
  check: (column) => `length(${column}) BETWEEN 1 AND 63 AND ${column} NOT GLOB '*[^a-z0-9._-]*'`,
  parse(text, label) {
    if (namePattern.test(text)) return text
    const suggested = suggestName(text)
    throw createMismatch(
      label,
      text,
      "1 to 63 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit",
      suggested === undefined ? undefined : `Try '${suggested}'.`,
    )
  },
}

function suggestName(text: string): string | undefined {
  const ascii = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const suggested = ascii
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '')
  return namePattern.test(suggested) ? suggested : undefined
}
