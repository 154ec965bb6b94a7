import type { Database, Statement } from 'better-sqlite3'
import type { Entity, RowOf } from '../kit/entity.ts'
import type { SqlValue } from '../kit/field/field.ts'
import { entities } from '../model/index.ts'
import { columnList, decodeRow, encodeValues } from './row-codec.ts'
import type { StoredRow, Values } from './row-codec.ts'
import { sqlName } from './sql-name.ts'

/** Reads and adds rows of any entity; statements are prepared once. Always whole results: an open cursor stops checkpoints. */
export class Tables {
  readonly #database: Database
  readonly #statements = new Map<string, Statement<SqlValue[], StoredRow>>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Rows whose columns equal all that is given, in the order of ids. */
  list<E extends Entity>(entity: E, where: Values = {}): RowOf<E>[] {
    const wanted = [...encodeValues(entity, definedOnly(where))]
    const condition = wanted.map(([column]) => `${sqlName(column)} IS ?`).join(' AND ') || 'TRUE'
    return this.#select(
      entity,
      condition,
      wanted.map(([, value]) => value),
    )
  }

  /** Those that there are, in the order of ids. */
  listByIds<E extends Entity>(entity: E, ids: readonly number[]): RowOf<E>[] {
    return this.#select(entity, `id IN ${givenIds}`, [JSON.stringify(ids)])
  }

  /** All rows of these tenants, also those that belong to what they own, in the order of ids. */
  listOfTenants<E extends Entity>(entity: E, tenantIds: readonly number[]): RowOf<E>[] {
    return this.#select(entity, tenantCondition(entity), [JSON.stringify(tenantIds)])
  }

  find<E extends Entity>(entity: E, where: Values): RowOf<E> | undefined {
    return this.list(entity, where).at(0)
  }

  /** Returns the id of the new row. Throws SqliteError when the table refuses it. */
  insert(entity: Entity, values: Values): number {
    const stored = encodeValues(entity, values)
    const columns = [...stored.keys()].map(sqlName).join(', ')
    const places = Array.from(stored, () => '?').join(', ')
    const statement = this.prepare(`INSERT INTO ${sqlName(entity.table)} (${columns}) VALUES (${places})`)
    return Number(statement.run(...stored.values()).lastInsertRowid)
  }

  prepare(sql: string): Statement<SqlValue[], StoredRow> {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare<SqlValue[], StoredRow>(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #select<E extends Entity>(entity: E, condition: string, values: readonly SqlValue[]): RowOf<E>[] {
    const sql = `SELECT ${columnList(entity)} FROM ${sqlName(entity.table)} WHERE ${condition} ORDER BY id`
    return this.prepare(sql)
      .all(...values)
      .map((stored) => decodeRow(entity, stored))
  }
}

/** The ids of a JSON array that is bound. */
const givenIds = '(SELECT value FROM json_each(?))'

function definedOnly(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function tenantCondition({ scope, ownerColumn }: Entity): string {
  if (scope === 'tenant') return `${ownerColumn} IN ${givenIds}`
  const owner = entities.find(({ table }) => table === scope)
  if (owner === undefined) throw new Error(`rows of '${scope}' are no tenant's`)
  return `${ownerColumn} IN (SELECT id FROM ${sqlName(owner.table)} WHERE ${tenantCondition(owner)})`
}
