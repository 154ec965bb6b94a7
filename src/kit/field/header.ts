import { createMismatch, textKind } from './field.ts'
import type { FieldKind } from './field.ts'

/** RFC 9110 section 5: a token, and a value of visible ASCII and blanks. */
const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/

/** Those that say where a message begins and ends, and to whom it goes: whoever sends it knows them. */
const reserved: ReadonlySet<string> = new Set(['connection', 'content-length', 'host', 'transfer-encoding', 'upgrade'])

/** `X-Probe: yes`; an item of a list, so its value has no comma. */
export const headerKind: FieldKind<string> = {
  ...textKind,
  kind: 'header',
  valueName: 'name: value',
  hasBlanks: true,
  parse(text, label) {
    const parsed = header.exec(text)
    if (parsed === null) throw createMismatch(label, text, "a header like 'X-Probe: yes', without commas")
    const [, name, value] = parsed
    if (reserved.has(name.toLowerCase())) throw createMismatch(label, text, `a header other than ${name}`)
    return `${name}: ${value}`
  },
}

/** Takes apart what was parsed. */
export function splitHeader(text: string): readonly [name: string, value: string] {
  const at = text.indexOf(': ')
  return [text.slice(0, at), text.slice(at + 2)]
}
