import { createMismatch, textKind } from './field.ts'
import type { FieldKind } from './field.ts'

/** An HTTP method in upper case: a token (RFC 9110 section 9.1). */
export const methodKind: FieldKind<string> = {
  ...textKind,
  kind: 'method',
  valueName: 'method',
  parse(text, label) {
    const method = text.toUpperCase()
    if (!/^[A-Z][A-Z-]{0,31}$/.test(method)) throw createMismatch(label, text, "a method like 'GET'")
    return method
  },
}
