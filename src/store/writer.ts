import type { Clock } from '../kit/clock.ts'
import type { ChangesOf, Entity, NewRowOf, RowOf } from '../kit/entity.ts'
import { UserError } from '../kit/user-error.ts'
import { ownedBy } from '../model/index.ts'
import { writeAudit } from './audit.ts'
import { toConstraintError } from './constraint-error.ts'
import type { RefusedRow } from './constraint-error.ts'
import { eraseAudit } from './erase-audit.ts'
import type { Erasure } from './erase-audit.ts'
import { findLineage } from './lineage.ts'
import { readLatestRevision } from './read-changes.ts'
import { encodeAudited, encodeValues } from './row-codec.ts'
import type { Values } from './row-codec.ts'
import { sqlName } from './sql-name.ts'
import type { Tables } from './tables.ts'

export interface Origin {
  readonly actor: string
  /** The command as it was given; it never holds a secret, since no flag does. */
  readonly command: string
}

/** Changes rows within one transaction. Throws UserError: 'conflict', 'not_found', 'usage'. */
export interface Writer {
  insert<E extends Entity>(entity: E, values: NewRowOf<E>): RowOf<E>
  /** A change that changes nothing leaves no trace. */
  update<E extends Entity>(entity: E, id: number, changes: ChangesOf<E>): RowOf<E>
  /** Removes what belongs to it first, each with its own line in the audit trail. */
  remove<E extends Entity>(entity: E, id: number): RowOf<E>
  /** Takes what the audit trail tells of a tenant out of it; undefined when it tells nothing. */
  erase(tenant: string): Erasure | undefined
}

/** A writer within the transaction under way; all its audit rows carry the same time. */
export function createWriter(tables: Tables, clock: Clock, origin: Origin): Writer {
  const writing: Writing = { tables, timeMs: clock.wallMs(), origin }
  return {
    insert: (entity, values) => insertRow(writing, entity, values),
    update: (entity, id, changes) => updateRow(writing, entity, { id, changes }),
    remove: (entity, id) => removeRow(writing, entity, id),
    erase: (tenant) => eraseAudit(tables, tenant, { timeMs: writing.timeMs, actor: origin.actor }),
  }
}

interface Writing {
  readonly tables: Tables
  readonly timeMs: number
  readonly origin: Origin
}

function insertRow<E extends Entity>(writing: Writing, entity: E, given: Values): RowOf<E> {
  const { tables } = writing
  const values = { ...given, ...defaultsFor(entity, given) }
  const id = runChange(tables, { entity, values }, () => tables.insert(entity, values))
  const row = getRow(tables, entity, id)
  writeChange(writing, entity, { action: 'add', before: undefined, after: row })
  return row
}

function updateRow<E extends Entity>(writing: Writing, entity: E, { id, changes }: { id: number; changes: Values }) {
  const { tables } = writing
  const before = getRow(tables, entity, id)
  const old = encodeValues(entity, before)
  const changed = [...encodeValues(entity, changes)].filter(([column, value]) => value !== old.get(column))
  if (changed.length === 0) return before
  const assignments = changed.map(([column]) => `${sqlName(column)} = ?`).join(', ')
  const statement = tables.prepare(`UPDATE ${sqlName(entity.table)} SET ${assignments} WHERE id = ?`)
  const values = { ...before, ...changes }
  runChange(tables, { entity, values }, () => statement.run(...changed.map(([, value]) => value), id))
  const after = getRow(tables, entity, id)
  writeChange(writing, entity, { action: 'set', before, after })
  return after
}

function removeRow<E extends Entity>(writing: Writing, entity: E, id: number): RowOf<E> {
  const { tables } = writing
  const row = getRow(tables, entity, id)
  for (const owned of ownedBy(entity)) {
    for (const part of tables.list(owned, { [String(owned.ownerProperty)]: id })) removeRow(writing, owned, part.id)
  }
  const lineage = findLineage(tables, entity, row)
  tables.prepare(`DELETE FROM ${sqlName(entity.table)} WHERE id = ?`).run(id)
  writeChange(writing, entity, { action: 'remove', before: row, after: undefined, lineage })
  return row
}

/** What the declaration has for everything that was not given. */
function defaultsFor({ fieldList }: Entity, given: Values): Values {
  const missing = fieldList.filter((field) => given[field.property] === undefined && field.need === 'optional')
  return Object.fromEntries(missing.map((field) => [field.property, field.default]))
}

function getRow<E extends Entity>(tables: Tables, entity: E, id: number): RowOf<E> {
  const row = tables.find(entity, { id })
  if (row === undefined) throw new UserError('not_found', `this ${entity.noun} does not exist any more`)
  return row
}

function runChange<T>(tables: Tables, refused: RefusedRow, change: () => T): T {
  try {
    return change()
  } catch (error) {
    throw toConstraintError(tables, refused, error) ?? error
  }
}

interface Change {
  readonly action: 'add' | 'set' | 'remove'
  readonly before: Values | undefined
  readonly after: Values | undefined
  readonly lineage?: ReturnType<typeof findLineage>
}

function writeChange({ tables, timeMs, origin }: Writing, entity: Entity, change: Change): void {
  const { action, before, after } = change
  const { tenant, name } = change.lineage ?? findLineage(tables, entity, after ?? before ?? {})
  writeAudit(tables, {
    timeMs,
    actor: origin.actor,
    command: origin.command,
    action,
    noun: entity.noun,
    name,
    tenant,
    before: before && encodeAudited(entity, before),
    after: after && encodeAudited(entity, after),
    revision: readLatestRevision(tables),
  })
}
