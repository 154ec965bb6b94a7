import type { Entity, RowOf } from '../kit/entity.ts'
import type { JsonObject, SqlValue } from '../kit/field/field.ts'
import { sqlName } from './sql-name.ts'

export type StoredRow = Readonly<Record<string, SqlValue>>
export type Values = Readonly<Record<string, unknown>>

/** `id, tenant_id, name, …`: every column of an entity, in the order of its table. */
export function columnList({ ownerColumn, fieldList }: Entity): string {
  const owner = ownerColumn === undefined ? [] : [ownerColumn]
  return ['id', ...owner, ...fieldList.map((field) => sqlName(field.column))].join(', ')
}

/** A row as SQLite gives it, by property. Never throws, whoever wrote it. */
export function decodeRow<E extends Entity>(entity: E, stored: StoredRow): RowOf<E>
export function decodeRow({ ownerColumn, ownerProperty, fieldList }: Entity, stored: StoredRow): Values {
  const row: Record<string, unknown> = { id: stored.id }
  if (ownerColumn !== undefined && ownerProperty !== undefined) row[ownerProperty] = stored[ownerColumn]
  for (const field of fieldList) row[field.property] = field.decode(stored[field.column])
  return row
}

/** Column and stored value of all that is given; undefined is a value only where a field may be missing. */
export function encodeValues({ ownerColumn, ownerProperty, fieldList }: Entity, values: Values): Map<string, SqlValue> {
  const stored = new Map<string, SqlValue>()
  for (const property of ['id', ownerProperty]) {
    const id = property === undefined ? undefined : values[property]
    if (typeof id === 'number') stored.set(property === 'id' ? 'id' : String(ownerColumn), id)
  }
  for (const field of fieldList) {
    const value = values[field.property]
    const isGiven = value !== undefined || (field.isNullable && field.property in values)
    if (isGiven) stored.set(field.column, field.encode(value))
  }
  return stored
}

/** What the audit trail tells of a row, so that it can be brought back: of a key its hash, too, which opens nothing. */
export function encodeAudited({ fieldList }: Entity, row: Values): JsonObject {
  const told = fieldList.filter((field) => !field.isDerived)
  return Object.fromEntries(told.map((field) => [field.column, field.encodeJson(row[field.property])]))
}
