import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'
import { parseSplitPart } from './split.ts'

/** A pool that gets copies of requests, and of how many. */
export interface MirrorPart {
  readonly pool: string
  readonly percent: number
}

/** `canary=10%`; `canary` is all of them. */
export function mirror<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, mirrorKind)
}

/** Undefined for what is none. */
export function parseMirror(text: string): MirrorPart | undefined {
  const [, pool, share = '100'] = /^([^=]+)(?:=(\d{1,3}(?:\.\d{1,2})?)%)?$/.exec(text) ?? []
  const percent = Number(share)
  if (pool === undefined || percent > 100 || parseSplitPart(`${pool}=1`) === undefined) return undefined
  return { pool, percent }
}

const mirrorKind: FieldKind<string> = {
  ...textKind,
  kind: 'mirror',
  valueName: 'pool=share',
  check: (column) => `length(${column}) BETWEEN 1 AND 80`,
  parse(text, label) {
    const part = parseMirror(text)
    if (part !== undefined) return `${part.pool}=${part.percent}%`
    throw createMismatch(label, text, "a pool, and which share of requests it gets, like 'canary=10%'")
  },
}
