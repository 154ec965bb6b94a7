import type { Entity, Field } from '../kit/entity.ts'
import type { JsonObject, JsonValue } from '../kit/field/field.ts'
import { UserError } from '../kit/user-error.ts'
import type { AuditRow } from '../model/audit.ts'
import { entities, ownedBy } from '../model/index.ts'
import { tenant } from '../model/tenant.ts'
import type { Store } from '../store/store.ts'
import type { Writer } from '../store/writer.ts'
import { documentFields, isSameValue } from './item.ts'

/** One change of an operator: the rows that a command wrote in its transaction. */
export interface Transaction {
  /** Of its last row: what is there afterwards is "revision N". */
  readonly revision: number
  readonly timeMs: number
  readonly actor: string
  readonly command: string
  /** In the order in which they were written. */
  readonly rows: readonly AuditRow[]
}

/** Transactions of audit rows, newest first, read page by page as far as they are asked for; an empty page is the last. */
export function* iterateTransactions(
  readPage: (beforeId: number | undefined) => readonly AuditRow[],
): Iterable<Transaction> {
  let group: AuditRow[] = []
  for (let page = readPage(undefined); page.length > 0; page = readPage(page[page.length - 1].id)) {
    for (const row of page) {
      if (group.length > 0 && !isOneTransaction(group[0], row)) {
        yield createTransaction(group)
        group = []
      }
      group.push(row)
    }
  }
  if (group.length > 0) yield createTransaction(group)
}

function createTransaction(newestFirst: readonly AuditRow[]): Transaction {
  const [{ revision, timeMs, actor, command }] = newestFirst
  return { revision, timeMs, actor, command, rows: newestFirst.toReversed() }
}

function isOneTransaction(a: AuditRow, b: AuditRow): boolean {
  return a.timeMs === b.timeMs && a.actor === b.actor && a.command === b.command
}

/**
 * Takes back what these rows tell of, the last one first, within the transaction under way. Throws UserError 'conflict' where
 * something is not as they left it, or cannot be brought back.
 */
export function revertRows(store: Store, writer: Writer, rows: readonly AuditRow[]): void {
  for (const row of rows.toReversed()) revertRow(store, writer, row)
}

function revertRow(store: Store, writer: Writer, row: AuditRow): void {
  const entity = entities.find(({ noun }) => noun === row.noun)
  if (entity === undefined || row.action === 'erase' || (row.before === undefined && row.after === undefined)) {
    throw new UserError('conflict', `change ${row.id} cannot be taken back: what it tells of was erased`)
  }
  const place = findPlace(store, entity, row)
  const current = store.find(entity, { ...place.owned, [entity.nameField ?? '']: place.name })
  if (row.action === 'remove') {
    if (current !== undefined) throw createConflict(entity, row, 'is there again')
    const values = valuesOf(entity, row.before!)
    const lost = documentFields(entity).find((field) => field.need === 'required' && !(field.property in values))
    if (lost !== undefined) throw createConflict(entity, row, `cannot be brought back: its ${lost.label} was not kept`)
    writer.insert(entity, { ...place.owned, [entity.nameField ?? '']: place.name, ...values })
    return
  }
  if (current === undefined) throw createConflict(entity, row, 'is gone')
  const after = valuesOf(entity, row.after!)
  const changed = documentFields(entity).filter(
    ({ property }) => property in after && isOther(entity, property, { row, after }),
  )
  const other = changed.find(
    (field) => !isSameValue(field, Reflect.get(current, field.property), after[field.property]),
  )
  if (other !== undefined) throw createConflict(entity, row, `has another ${other.label} since`)
  if (row.action === 'add') removeAdded(store, writer, { entity, row, id: current.id })
  else writer.update(entity, current.id, pick(valuesOf(entity, row.before!), changed))
}

/** Nothing goes with it that came later. */
function removeAdded(
  store: Store,
  writer: Writer,
  { entity, row, id }: { entity: Entity; row: AuditRow; id: number },
): void {
  for (const owned of ownedBy(entity)) {
    const [later] = store.list(owned, { [owned.ownerProperty ?? '']: id })
    if (later !== undefined) {
      throw createConflict(
        entity,
        row,
        `has ${owned.noun} '${String(Reflect.get(later, owned.nameField ?? ''))}' since`,
      )
    }
  }
  writer.remove(entity, id)
}

/** Of what was set, only what it changed; of what was added, all. */
function isOther(
  entity: Entity,
  property: string,
  { row, after }: { row: AuditRow; after: Record<string, unknown> },
): boolean {
  if (row.before === undefined) return true
  const field = entity.fieldList.find((candidate) => candidate.property === property)!
  return !isSameValue(field, valuesOf(entity, row.before)[property], after[property])
}

function pick(values: Record<string, unknown>, fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ property }) => [property, values[property]]))
}

/** What a row told is a value again; what it did not tell yet, because an earlier version wrote it, has its default. */
function valuesOf(entity: Entity, told: JsonObject): Record<string, unknown> {
  const known = documentFields(entity).filter(({ column }) => column in told)
  return Object.fromEntries(known.map((field) => [field.property, decodeJson(field, told[field.column])]))
}

/** The inverse of `encodeJson`: values are truth values or lists as they are, and all else is told as it is stored. */
export function decodeJson(field: Pick<Field, 'decode' | 'parse' | 'sqlType'>, json: JsonValue): unknown {
  if (json === null) return undefined
  if (typeof json === 'boolean' || Array.isArray(json)) return json
  // A time is told as people write it.
  if (typeof json === 'string' && field.sqlType === 'INTEGER') return field.parse(json)
  return field.decode(json as string | number)
}

/** Owner and own name, from `web/http://127.0.0.1:9001` of tenant acme. */
function findPlace(store: Store, entity: Entity, row: AuditRow) {
  const { ownerProperty, scope } = entity
  if (ownerProperty === undefined) return { owned: {}, name: row.name }
  const tenantId = store.find(tenant, { name: row.tenant ?? '' })?.id
  if (tenantId === undefined) throw createConflict(entity, row, `has no tenant '${row.tenant}' any more`)
  if (scope === tenant.table) return { owned: { [ownerProperty]: tenantId }, name: row.name }
  const slash = row.name.indexOf('/')
  const owner = entities.find(({ table }) => table === scope)!
  const between = row.name.slice(0, slash)
  const ownerId = store.find(owner, { [owner.ownerProperty ?? '']: tenantId, [owner.nameField ?? '']: between })?.id
  if (ownerId === undefined) throw createConflict(entity, row, `has no ${owner.noun} '${between}' any more`)
  return { owned: { [ownerProperty]: ownerId }, name: row.name.slice(slash + 1) }
}

function createConflict(entity: Entity, { tenant: owner, name, revision }: AuditRow, what: string): UserError {
  const path = entity === tenant || owner === undefined ? name : `${owner}/${name}`
  return new UserError('conflict', `revision ${revision} cannot be taken back: ${entity.noun} '${path}' ${what}`)
}
