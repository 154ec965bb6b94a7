import { createMismatch, textKind } from './field.ts'
import type { FieldKind } from './field.ts'
import { parseHashSource } from './hash-source.ts'

/** A condition on a request: a header field, cookie or query parameter is there, has that value, or one that begins so. */
export interface RequestMatch {
  readonly kind: 'header' | 'cookie' | 'query'
  /** Of header fields in lower case. */
  readonly name: string
  readonly test: 'present' | 'exact' | 'prefix'
  readonly value: string
}

/** `header:X-Beta`, `cookie:group=beta`, `query:version=2*`; an item of a list, so its value has no comma. */
export const requestMatchKind: FieldKind<string> = {
  ...textKind,
  kind: 'request match',
  valueName: 'condition',
  hasBlanks: true,
  parse(text, label) {
    const match = parseRequestMatch(text)
    if (match !== undefined) return renderRequestMatch(match)
    throw createMismatch(label, text, "conditions like 'header:X-Beta', 'cookie:group=beta', 'query:version=2*'")
  },
}

/** Undefined for what is none. */
export function parseRequestMatch(text: string): RequestMatch | undefined {
  const [, place, sign, rest = ''] = /^([^=]+)(?:(=)([\x20-\x7e]{0,200}))?$/.exec(text) ?? []
  const source = place === undefined ? undefined : parseHashSource(place)
  if (source?.kind !== 'header' && source?.kind !== 'cookie' && source?.kind !== 'query') return undefined
  const { kind, name } = source
  if (sign === undefined) return { kind, name, test: 'present', value: '' }
  if (rest === '' || rest.trim() !== rest) return undefined
  return rest.endsWith('*')
    ? { kind, name, test: 'prefix', value: rest.slice(0, -1) }
    : { kind, name, test: 'exact', value: rest }
}

function renderRequestMatch({ kind, name, test, value }: RequestMatch): string {
  const endings = { present: '', exact: `=${value}`, prefix: `=${value}*` }
  return `${kind}:${name}${endings[test]}`
}
