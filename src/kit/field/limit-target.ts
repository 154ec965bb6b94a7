import { createField, createMismatch, textKind } from './field.ts'
import type { FieldOptions } from './field.ts'

/** What a limit bounds, taken apart: the tenant as a whole, or one route or key of it. */
export interface LimitTarget {
  readonly level: 'tenant' | 'route' | 'key'
  /** Of the route or the key. */
  readonly name: string
}

/** `tenant`, `route:api`, `key:ci`. */
export function limitTarget<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, {
    ...textKind,
    kind: 'limit target',
    valueName: 'target',
    check: (column) => `${column} = 'tenant' OR ${column} GLOB 'route:[a-z0-9]*' OR ${column} GLOB 'key:[a-z0-9]*'`,
    parse(text, label) {
      if (splitLimitTarget(text) !== undefined) return text
      throw createMismatch(label, text, "one of 'tenant', 'route:NAME' and 'key:NAME'")
    },
  })
}

/** Undefined for what is none. */
export function splitLimitTarget(text: string): LimitTarget | undefined {
  if (text === 'tenant') return { level: 'tenant', name: '' }
  const [, level, name] = /^(route|key):([a-z0-9][a-z0-9._-]{0,62})$/.exec(text) ?? []
  return level === undefined ? undefined : { level: level as 'route' | 'key', name }
}
