import { createField, createMismatch, textKind } from './field.ts'
import type { FieldOptions } from './field.ts'
import { parseHashSource } from './hash-source.ts'

/** What a limit bounds, taken apart: the tenant as a whole, or one route or key of it; and whether each client by itself. */
export interface LimitTarget {
  readonly level: 'tenant' | 'route' | 'key'
  /** Of the route or the key. */
  readonly name: string
  /** `client`, `header:x-user`, `query:user`: each value has a bucket of its own; undefined: all requests share one. */
  readonly per: string | undefined
}

/** `tenant`, `route:api`, `key:ci/client`, `tenant/header:x-user`. */
export function limitTarget<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, {
    ...textKind,
    kind: 'limit target',
    valueName: 'target',
    check: (column) => `${column} GLOB 'tenant*' OR ${column} GLOB 'route:[a-z0-9]*' OR ${column} GLOB 'key:[a-z0-9]*'`,
    parse(text, label) {
      const target = splitLimitTarget(text)
      if (target !== undefined) return text
      throw createMismatch(
        label,
        text,
        "one of 'tenant', 'route:NAME' and 'key:NAME', with '/client', '/header:NAME' or '/query:NAME' behind it or without",
      )
    },
  })
}

/** Undefined for what is none. */
export function splitLimitTarget(text: string): LimitTarget | undefined {
  const [, whole, given] = /^([^/]*)(?:\/(.*))?$/.exec(text) ?? []
  const per = given === undefined ? undefined : parsePer(given)
  if (whole === undefined || (given !== undefined && per !== given)) return undefined
  if (whole === 'tenant') return { level: 'tenant', name: '', per }
  const [, level, name] = /^(route|key):([a-z0-9][a-z0-9._-]{0,62})$/.exec(whole) ?? []
  return level === undefined ? undefined : { level: level as 'route' | 'key', name, per }
}

/** In its one spelling: names of header fields in lower case. Undefined for what is none. */
export function parsePer(text: string): string | undefined {
  if (text === 'client') return text
  const source = parseHashSource(text)
  if (source?.kind !== 'header' && source?.kind !== 'query') return undefined
  // It is told to clients as a string of a structured field (RFC 9651 section 3.3.3).
  return /["\\]/.test(source.name) ? undefined : `${source.kind}:${source.name}`
}

/** The flags by which commands name it, with a blank before each: ` --route api --per client`; empty for the tenant's own. */
export function renderTargetFlags(text: string): string {
  const { level, name, per } = splitLimitTarget(text) ?? { level: 'tenant', name: '', per: undefined }
  const flag = level === 'tenant' ? '' : ` --${level} ${name}`
  return per === undefined ? flag : `${flag} --per ${per}`
}

/** `tenant`, `route`, `key`. */
export function levelOfTarget(text: string): string {
  return text.split(/[:/]/, 1)[0]
}
