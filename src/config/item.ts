import type { Entity, Field } from '../kit/entity.ts'

/** One row with what belongs to it, as a document has it. */
export interface Item {
  readonly entity: Entity
  readonly name: string
  /** By property, all of them, defaults included; without the name. */
  readonly values: Readonly<Record<string, unknown>>
  readonly children: readonly Item[]
  /** Of the row, where there is one. */
  readonly id?: number
  /** Where it is written; undefined for what comes from rows. */
  readonly place?: Place
}

/** Of an item in a document, and of its fields by column where they are written. */
export interface Place {
  readonly line: number
  /** `tenants.acme.routes.api` */
  readonly path: string
  readonly fieldLines: ReadonlyMap<string, number>
}

/** `ip-rules` */
export function sectionOf({ noun }: Entity): string {
  return `${noun.replaceAll(' ', '-')}s`
}

/** What a document says of an item: all that no SQL derives, and its name as the key. */
export function documentFields({ fieldList, nameField }: Entity): readonly Field[] {
  return fieldList.filter((field) => !field.isDerived && field.property !== nameField)
}

/** Of `connect_timeout_ms`: `connect-timeout`, as the flag is called. */
export function keyOf(field: Field): string {
  return field.flag.slice(2)
}

/** The one field that stands for the whole item: `header-timeout: 10s`. */
export function soleField(entity: Entity): Field | undefined {
  const fields = documentFields(entity)
  return fields.length === 1 ? fields[0] : undefined
}

export function isDefault(field: Field, value: unknown): boolean {
  if (field.need === 'required') return false
  return value === undefined ? field.default === undefined : isSameValue(field, value, field.default)
}

export function isSameValue(field: Field, a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b
  return field.encode(a) === field.encode(b)
}
