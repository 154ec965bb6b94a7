import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'
import { parseHashSource } from './hash-source.ts'
import { sharedPoolName } from './pool-reference.ts'
import { namePattern } from './name.ts'

/** A pool's part of a split, as a multiple of the others'. */
export interface SplitPart {
  readonly pool: string
  readonly weight: number
}

const mostWeight = 1_000_000

/** `web=95`; an item of a list. */
export const splitKind: FieldKind<string> = {
  ...textKind,
  kind: 'split',
  valueName: 'pool=weight',
  parse(text, label) {
    const part = parseSplitPart(text)
    if (part !== undefined) return `${part.pool}=${part.weight}`
    throw createMismatch(label, text, "pools with their weights like 'web=95,canary=5'")
  },
}

/** Undefined for what is none. */
export function parseSplitPart(text: string): SplitPart | undefined {
  const [, pool, digits] = /^([^=]+)=(\d{1,7})$/.exec(text) ?? []
  if (pool === undefined || !namePattern.test(sharedPoolName(pool) ?? pool)) return undefined
  const weight = Number(digits)
  return weight > mostWeight ? undefined : { pool, weight }
}

/** What keeps a request with its pool: `request` nothing, else `client`, `key`, `cookie:NAME`, `header:NAME`, `query:NAME`. */
export function splitSource<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, splitSourceKind)
}

const splitSourceKind: FieldKind<string> = {
  ...textKind,
  kind: 'split source',
  valueName: 'source',
  check: (column) => `length(${column}) > 0`,
  parse(text, label) {
    if (text === 'request' || text === 'client') return text
    const source = parseHashSource(text)
    if (source !== undefined && source.kind !== 'path' && source.kind !== 'tenant') {
      return source.name === '' ? source.kind : `${source.kind}:${source.name}`
    }
    throw createMismatch(label, text, 'one of request, client, key, cookie:NAME, header:NAME, query:NAME')
  },
}
