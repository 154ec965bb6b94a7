import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'
import { nameKind, namePattern } from './name.ts'

/** Who has the pools that are granted to tenants: the operator, under a name that no tenant gets. */
export const sharedOwner = 'shared'

const prefix = `${sharedOwner}/`

/** A pool of the tenant by its name, or `shared/NAME`. */
export function poolReference<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, poolReferenceKind)
}

/** `all` of `shared/all`; undefined for a pool of the tenant's own, and for whatever else may stand in a row. */
export function sharedPoolName(text: unknown): string | undefined {
  return typeof text === 'string' && text.startsWith(prefix) ? text.slice(prefix.length) : undefined
}

const poolReferenceKind: FieldKind<string> = {
  ...nameKind,
  kind: 'pool reference',
  valueName: 'pool',
  refersTo: 'pool',
  check: (column) => `length(${column}) BETWEEN 1 AND 70 AND ${column} NOT GLOB '*[^a-z0-9._/-]*'`,
  parse(text, label) {
    const shared = sharedPoolName(text)
    if (shared !== undefined && namePattern.test(shared)) return text
    if (text.includes('/')) throw createMismatch(label, text, `a pool of the tenant, or '${prefix}…'`)
    return nameKind.parse(text, label)
  },
}
