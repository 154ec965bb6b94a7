import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** `X-Canary=1`: a header field with exactly that value. */
export function headerMatch<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, headerMatchKind)
}

/** Takes apart what was parsed; undefined for whatever else may stand in a row. The name is in lower case. */
export function splitHeaderMatch(text: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value] = pattern.exec(text) ?? []
  return name === undefined ? undefined : { name: name.toLowerCase(), value }
}

/** RFC 9110 section 5: a token, and a value of visible ASCII and blanks. */
const pattern = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100})=([\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?)$/

const headerMatchKind: FieldKind<string> = {
  ...textKind,
  kind: 'header match',
  valueName: 'name=value',
  check: (column) => `${column} GLOB '?*=?*'`,
  parse(text, label) {
    if (pattern.test(text)) return text
    throw createMismatch(label, text, "a header and its value like 'X-Canary=1'")
  },
}
