import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** `/v1`: begins with a slash, no closing slash except for the root, nothing that a client would send differently. */
export function pathPrefix<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, pathPrefixKind)
}

const pathPrefixKind: FieldKind<string> = {
  ...textKind,
  kind: 'path',
  valueName: 'prefix',
  check: (column) => `${column} GLOB '/*'`,
  parse(text, label) {
    if (!text.startsWith('/')) throw createMismatch(label, text, 'a path: it begins with a slash', suggestPath(text))
    const path = text.length > 1 ? text.replace(/\/$/, '') : text
    // Unreserved, sub-delims, ':', '@' and escapes (RFC 3986 section 3.3).
    if (!/^(?:[\w\-.~!$&'()*+,;=:@/]|%[0-9A-F]{2})*$/i.test(path)) {
      throw createMismatch(label, text, 'a path prefix: no query, fragment or spaces; other characters as %XX')
    }
    if (/\/(?:\/|\.{1,2}(?:\/|$))/.test(text)) throw createMismatch(label, text, "a path without '//', '.' and '..'")
    if (path.length > 1_024) throw createMismatch(label, text, 'at most 1024 characters')
    return path
  },
}

function suggestPath(text: string): string | undefined {
  return /^[\w-]+(?:\/[\w-]+)*$/.test(text) ? `Use '/${text}'.` : undefined
}
