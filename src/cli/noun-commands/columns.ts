import type { Entity, Field } from '../../kit/entity.ts'
import { renderSeconds } from '../../kit/time.ts'
import type { Column } from '../print/column.ts'
import { nameFieldOf, ownersOf } from './address.ts'
import type { Row } from './noun.ts'

/** A row with the names of its owners, outermost first. */
export interface OwnedRow {
  readonly owners: readonly string[]
  readonly row: Row
}

/** Owners first, then every field that may be shown. */
export function nounColumns(entity: Entity): readonly Column<OwnedRow>[] {
  const owners = ownersOf(entity).map((owner, at) => createOwnerColumn(owner, at))
  const fields = entity.fieldList.filter((field) => !field.isSecret)
  return [...owners, ...fields.map((field) => createFieldColumn<OwnedRow>(field, ({ row }) => row[field.property]))]
}

/** Lists every `Row` with its owners' names; `rowsOf` reads the rows of an entity. */
export function withOwners(
  entity: Entity,
  rows: readonly Row[],
  rowsOf: (entity: Entity) => readonly Row[],
): OwnedRow[] {
  const paths = pathsById(ownersOf(entity), rowsOf)
  return rows.map((row) => ({ row, owners: paths.get(Number(row[entity.ownerProperty ?? ''])) ?? [] }))
}

function pathsById(owners: readonly Entity[], rowsOf: (entity: Entity) => readonly Row[]): Map<number, string[]> {
  let paths = new Map<number, string[]>()
  for (const owner of owners) {
    const name = nameFieldOf(owner).property
    const above = paths
    const pathOf = (row: Row) => [...(above.get(Number(row[owner.ownerProperty ?? ''])) ?? []), String(row[name])]
    paths = new Map(rowsOf(owner).map((row) => [row.id, pathOf(row)]))
  }
  return paths
}

function createOwnerColumn(owner: Entity, at: number): Column<OwnedRow> {
  const nameOf = ({ owners }: OwnedRow) => owners[at] ?? ''
  return {
    key: owner.table,
    title: owner.noun,
    isRight: false,
    isDetail: false,
    isMinor: false,
    human: nameOf,
    raw: nameOf,
    json: nameOf,
  }
}

/** How a field is shown; `value` takes it out of a row. */
export function createFieldColumn<Shown>(field: Field, value: (row: Shown) => unknown): Column<Shown> {
  return {
    // Times are told in RFC 3339, not in the column's milliseconds.
    key: field.kind === 'time' ? field.column.replace(/_ms$/, '') : field.column,
    title: field.label,
    isRight: field.sqlType === 'INTEGER' && field.kind !== 'boolean' && field.kind !== 'time',
    isDetail: field.isHidden,
    isMinor: false,
    human: (row) => humanText(field, value(row)),
    raw: (row) => field.renderRaw(value(row)),
    json: (row) => field.encodeJson(value(row)),
  }
}

function humanText(field: Field, value: unknown): string {
  return field.kind === 'time' && typeof value === 'number' ? renderSeconds(value) : field.render(value)
}
