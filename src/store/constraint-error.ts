import Database from 'better-sqlite3'
import type { Entity } from '../kit/entity.ts'
import { UserError } from '../kit/user-error.ts'
import { findLineage } from './lineage.ts'
import type { Lineage } from './lineage.ts'
import type { Values } from './row-codec.ts'
import { sqlName } from './sql-name.ts'
import type { Tables } from './tables.ts'

export interface RefusedRow {
  readonly entity: Entity
  readonly values: Values
}

/** What the operator did when a constraint refuses a row; undefined when the error is no constraint's. */
export function toConstraintError(
  tables: Tables,
  { entity, values }: RefusedRow,
  error: unknown,
): UserError | undefined {
  if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_CONSTRAINT')) return undefined
  switch (error.code) {
    case 'SQLITE_CONSTRAINT_UNIQUE':
      return createConflict(tables, entity, values)
    case 'SQLITE_CONSTRAINT_FOREIGNKEY':
      return new UserError('not_found', `the ${entity.scope} of this ${entity.noun} does not exist any more`)
    case 'SQLITE_CONSTRAINT_CHECK':
      return createRefusal(entity, values, error.message)
    default:
      return new UserError('usage', `this ${entity.noun} has a value that the database refuses: ${error.message}`)
  }
}

function createConflict(tables: Tables, entity: Entity, values: Values): UserError {
  const { noun, nameField, ownerProperty } = entity
  const wanted = findLineage(tables, entity, values)
  if (nameField === undefined) {
    return new UserError(
      'conflict',
      `tenant '${wanted.tenant}' already has a ${noun}`,
      `See 'mtlb ${entity.command} list'.`,
    )
  }
  const name = String(values[nameField])
  const holder = entity.unique === 'everywhere' ? tables.find(entity, { [nameField]: name }) : undefined
  if (
    holder !== undefined &&
    ownerProperty !== undefined &&
    Reflect.get(holder, ownerProperty) !== values[ownerProperty]
  ) {
    const tenant = findLineage(tables, entity, holder).tenant
    return new UserError(
      'conflict',
      `${noun} '${name}' belongs to another tenant, '${tenant}'`,
      `Take it from there first: 'mtlb ${entity.command} remove ${tenant}/${name}'.`,
    )
  }
  const owner = ownerPath(entity, wanted)
  return new UserError(
    'conflict',
    `${noun} '${name}' exists already${owner && ` in ${entity.scope} '${owner}'`}`,
    `See 'mtlb ${entity.command} list${owner && ` ${owner}`}'.`,
  )
}

/** `acme` for a pool, `acme/web` for an endpoint, empty for what nobody owns. */
function ownerPath({ scope }: Entity, { tenant = '', name }: Lineage): string {
  if (scope === 'global') return ''
  if (scope === 'tenant') return tenant
  return `${tenant}/${name.slice(0, name.indexOf('/'))}`
}

/** SQLite names the condition that failed; the field which has it is the one to blame. */
function createRefusal({ noun, fieldList }: Entity, values: Values, message: string): UserError {
  const field = fieldList.find(({ column, check }) => message.endsWith(`failed: ${check(sqlName(column))}`))
  const value = field === undefined ? message : `${field.label} '${field.render(values[field.property])}'`
  return new UserError('usage', `this ${noun} is refused by the database: ${value}`)
}
