import type { NewRowOf } from '../kit/entity.ts'
import { audit, auditLengths } from '../model/audit.ts'
import type { AuditRow } from '../model/audit.ts'
import { sealAudit } from './audit-chain.ts'
import { columnList, decodeRow } from './row-codec.ts'
import type { Tables } from './tables.ts'

export interface AuditFilter {
  readonly tenant?: string | undefined
  readonly noun?: string | undefined
  readonly name?: string | undefined
  readonly actor?: string | undefined
  readonly sinceMs?: number | undefined
  /** Rows older than this id: the next page. */
  readonly beforeId?: number | undefined
  /** At most this many, 100 where it is not said. */
  readonly count?: number | undefined
}

/** Newest first. */
export function listAudit(tables: Tables, filter: AuditFilter): AuditRow[] {
  const { tenant, noun, name, actor, sinceMs, beforeId, count = 100 } = filter
  const conditions = [
    { sql: 'tenant = ?', value: tenant },
    { sql: 'noun = ?', value: noun },
    { sql: 'name = ?', value: name },
    { sql: 'actor = ?', value: actor },
    { sql: 'time_ms >= ?', value: sinceMs },
    { sql: 'id < ?', value: beforeId },
  ].flatMap(({ sql, value }) => (value === undefined ? [] : [{ sql, value }]))
  const where = conditions.map(({ sql }) => sql).join(' AND ') || 'TRUE'
  return tables
    .prepare(`SELECT ${columnList(audit)} FROM ${audit.table} WHERE ${where} ORDER BY id DESC LIMIT ?`)
    .all(...conditions.map(({ value }) => value), count)
    .map((stored) => decodeRow(audit, stored))
}

/** Part of the transaction of the change. What is too long to keep is cut: it must never stop the change. */
export function writeAudit(tables: Tables, entry: NewRowOf<typeof audit>): void {
  const id = tables.insert(audit, {
    ...entry,
    actor: entry.actor.slice(0, auditLengths.actor),
    command: entry.command.slice(0, auditLengths.command),
    name: entry.name.slice(0, auditLengths.name),
  })
  sealAudit(tables, id)
}
