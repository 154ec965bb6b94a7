import Database from 'better-sqlite3'
import type { Database as Connection, Statement } from 'better-sqlite3'
import type { Counts } from './counts.ts'
import { ownerKind } from './ledger-file.ts'
import type { AccountRow } from './ledger-file.ts'
import { encodeBuckets } from './sparse-buckets.ts'
import type { Usage } from './usage.ts'

/** Usage is kept of these. */
const billed: readonly number[] = [ownerKind.tenant, ownerKind.route, ownerKind.key]

/** How the rows of the ledger are written; whoever calls it has a transaction open. Throws what SQLite throws. */
export class LedgerRows {
  readonly #statements: ReturnType<typeof prepareStatements>

  constructor(database: Connection) {
    this.#statements = prepareStatements(database)
  }

  writeOwner(
    kind: number,
    owner: { readonly id: number; readonly tenantId: number; readonly tenantName: string; readonly name: string },
  ): void {
    this.#statements.writeOwner.run(kind, owner.id, owner.tenantId, owner.tenantName, owner.name)
  }

  writeAccount({ kind, owner_id, run, minute, counts, before, usage }: AccountRow & { readonly run: number }): void {
    this.#statements.writeAccount.run(kind, owner_id, run, minute, counts, before, usage)
  }

  /** Of one that is there. */
  updateAccount(kind: number, id: number, { minute, counts }: Pick<AccountRow, 'minute' | 'counts'>): void {
    this.#statements.updateAccount.run(minute, counts, kind, id)
  }

  removeAccount(kind: number, id: number): void {
    this.#statements.removeAccount.run(kind, id)
  }

  appendMinute(minute: number, { kind, id, counts }: { kind: number; id: number; counts: Counts }): void {
    const { classes, rejected, faults, bytesIn, bytesOut, endpointTimeUs, buckets } = counts
    const numbers = [...classes, rejected, faults, bytesIn, bytesOut, endpointTimeUs]
    const values = [...numbers, JSON.stringify(encodeBuckets(buckets))]
    const { appendMinute, findPart } = this.#statements
    try {
      appendMinute.run(minute, kind, id, 0, ...values)
    } catch (error) {
      if (!isTaken(error)) throw error
      // A clock that was set back comes to the same minute again. To ask each time would take three times as long.
      appendMinute.run(minute, kind, id, findPart.pluck().get(minute, kind, id), ...values)
    }
  }

  appendUsage(hour: number, { kind, id, usage }: { kind: number; id: number; usage: Usage | undefined }): void {
    if (usage === undefined || !billed.includes(kind)) return
    const { requests, rejected, bytesIn, bytesOut, endpointTimeUs, reasons } = usage
    const texts = JSON.stringify(Object.fromEntries(reasons))
    this.#statements.appendUsage.run(hour, kind, id, requests, rejected, bytesIn, bytesOut, endpointTimeUs, texts)
  }
}

function prepareStatements(database: Connection) {
  const prepare = (sql: string): Statement => database.prepare(sql)
  return {
    writeOwner: prepare('INSERT OR REPLACE INTO owner (kind, id, tenant_id, tenant_name, name) VALUES (?, ?, ?, ?, ?)'),
    writeAccount: prepare(`
      INSERT OR REPLACE INTO account (kind, owner_id, run, minute, counts, before, usage) VALUES (?, ?, ?, ?, ?, ?, ?)`),
    updateAccount: prepare('UPDATE account SET minute = ?, counts = ? WHERE kind = ? AND owner_id = ?'),
    removeAccount: prepare('DELETE FROM account WHERE kind = ? AND owner_id = ?'),
    appendMinute: prepare(`
      INSERT INTO rollup (minute, kind, owner_id, part, no_status, status_1xx, status_2xx, status_3xx, status_4xx,
        status_5xx, rejected, faults, bytes_in, bytes_out, endpoint_us, latency)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    findPart: prepare('SELECT max(part) + 1 FROM rollup WHERE minute = ? AND kind = ? AND owner_id = ?'),
    appendUsage: prepare(`
      INSERT INTO usage (hour, kind, owner_id, requests, rejected, bytes_in, bytes_out, endpoint_us, reasons)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}
