import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** What of a request is hashed; `name` is empty where the kind has none. */
export interface HashSource {
  readonly kind: (typeof namedKinds)[number] | (typeof plainKinds)[number]
  readonly name: string
}

/** `header:x-user`, `cookie:session`, `query:user`, `path`, `tenant`, `key`; names of header fields in lower case. */
export function hashSource<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, hashSourceKind)
}

/** Undefined for what is none. */
export function parseHashSource(text: string): HashSource | undefined {
  const colon = text.indexOf(':')
  const word = colon === -1 ? text : text.slice(0, colon)
  const name = colon === -1 ? '' : text.slice(colon + 1)
  const plain = plainKinds.find((kind) => kind === word)
  if (plain !== undefined) return colon === -1 ? { kind: plain, name } : undefined
  const named = namedKinds.find((kind) => kind === word)
  if (named === undefined || !patterns[named].test(name)) return undefined
  return { kind: named, name: named === 'header' ? name.toLowerCase() : name }
}

const namedKinds = ['header', 'cookie', 'query'] as const
const plainKinds = ['path', 'tenant', 'key'] as const

/** Field names and names of cookies are tokens (RFC 9110 section 5.6.2, RFC 6265 section 4.1.1). */
const token = /^[\w!#$%&'*+.^`|~-]{1,100}$/
const patterns = { header: token, cookie: token, query: /^(?![^]*[&=#+])[!-~]{1,100}$/ }

const hashSourceKind: FieldKind<string> = {
  ...textKind,
  kind: 'hash source',
  valueName: 'source',
  check: (column) => `length(${column}) > 0`,
  parse(text, label) {
    const source = parseHashSource(text)
    if (source !== undefined) return source.name === '' ? source.kind : `${source.kind}:${source.name}`
    throw createMismatch(label, text, 'one of header:NAME, cookie:NAME, query:NAME, path, tenant, key', mend(text))
  },
}

function mend(text: string): string | undefined {
  const [word, ...rest] = text.split(':')
  const named = namedKinds.find((kind) => kind === word)
  if (named !== undefined && rest.join(':') === '') return `Say which: '${named}:NAME'.`
  if (named === 'query')
    return "A parameter is named as the URL has it: 1 to 100 characters without '&', '=', '#', '+' and spaces."
  if (named !== undefined) return "A name has 1 to 100 letters, digits, and -_.!#$%&'*+^`|~."
  return plainKinds.some((kind) => kind === word) ? `'${word}' has no name behind it.` : undefined
}
