import { findRegexMistake } from '../path-regex.ts'
import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

const mostCharacters = 200

/** `/v[0-9]+/users/.*`: RE2 syntax, of the whole path. */
export function pathRegex<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, pathRegexKind)
}

const pathRegexKind: FieldKind<string> = {
  ...textKind,
  kind: 'path regex',
  valueName: 'regex',
  check: (column) => `length(${column}) BETWEEN 1 AND ${mostCharacters}`,
  parse(text, label) {
    const isText = text !== '' && text.length <= mostCharacters && !/\p{Cc}/u.test(text)
    const mistake = isText ? findRegexMistake(text) : `it has 1 to ${mostCharacters} characters on one line`
    if (mistake === undefined) return text
    throw createMismatch(label, text, `an expression in RE2 syntax: ${mistake}`)
  },
}
