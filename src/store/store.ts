import type { Database } from 'better-sqlite3'
import type { Clock } from '../kit/clock.ts'
import type { Entity, RowOf } from '../kit/entity.ts'
import { audit } from '../model/audit.ts'
import type { AuditRow } from '../model/audit.ts'
import { listener } from '../model/listener.ts'
import type { GlobalRows, TenantRows } from '../model/rows.ts'
import { setting } from '../model/setting.ts'
import { listAudit } from './audit.ts'
import type { AuditFilter } from './audit.ts'
import { readChanges, readGlobalRevision, readLatestRevision } from './read-changes.ts'
import type { Changes } from './read-changes.ts'
import { readTenants } from './read-tenants.ts'
import { readStickySecret } from './secrets.ts'
import { guardStorage } from './storage-error.ts'
import { findAlias } from './erase-audit.ts'
import { Tables } from './tables.ts'
import { verifyAudit } from './verify-audit.ts'
import type { AuditVerdict } from './verify-audit.ts'
import { createWriter } from './writer.ts'
import type { Origin, Writer } from './writer.ts'

/** An open mtlb.db. Every method throws UserError('storage') when the file cannot be read or written. */
export class Store {
  readonly path: string
  readonly #database: Database
  readonly #clock: Clock
  readonly #tables: Tables

  constructor(path: string, database: Database, clock: Clock) {
    this.path = path
    this.#database = database
    this.#clock = clock
    this.#tables = new Tables(database)
  }

  /** One immediate transaction: all that `work` writes, its audit rows and the revision, or nothing. */
  write<T>(origin: Origin, work: (writer: Writer) => T): { readonly result: T; readonly revision: number } {
    const run = this.#database.transaction(() => {
      const result = work(createWriter(this.#tables, this.#clock, origin))
      return { result, revision: readLatestRevision(this.#tables) }
    })
    return guardStorage(this.path, () => run.immediate())
  }

  /** Everything that `work` reads is of one moment. */
  read<T>(work: () => T): T {
    if (this.#database.inTransaction) return guardStorage(this.path, work)
    return guardStorage(this.path, () => this.#database.transaction(work).deferred())
  }

  /** Rows that equal all that `where` has, in the order of ids. */
  list<E extends Entity>(entity: E, where: Partial<RowOf<E>> = {}): RowOf<E>[] {
    return guardStorage(this.path, () => this.#tables.list(entity, where))
  }

  /** All rows of a tenant, also those that belong to what it owns, in the order of ids. */
  listOfTenant<E extends Entity>(entity: E, tenantId: number): RowOf<E>[] {
    return guardStorage(this.path, () => this.#tables.listOfTenants(entity, [tenantId]))
  }

  find<E extends Entity>(entity: E, where: Partial<RowOf<E>>): RowOf<E> | undefined {
    return this.list(entity, where).at(0)
  }

  readGlobal(): GlobalRows {
    return this.read(() => ({
      revision: readGlobalRevision(this.#tables),
      listeners: this.#tables.list(listener),
      settings: this.#tables.list(setting),
      stickySecret: readStickySecret(this.#tables),
    }))
  }

  readTenant(id: number): TenantRows | undefined {
    return this.readTenants([id]).at(0)
  }

  /** Those that there are, in the order of ids. */
  readTenants(ids: readonly number[]): TenantRows[] {
    return this.read(() => readTenants(this.#tables, ids))
  }

  readChanges(sinceRevision: number): Changes {
    return this.read(() => readChanges(this.#tables, sinceRevision))
  }

  readRevision(): number {
    return guardStorage(this.path, () => readLatestRevision(this.#tables))
  }

  /** Moves whenever another connection has committed; says nothing of what. Microseconds. */
  dataVersion(): number {
    return guardStorage(this.path, () => Number(this.#tables.prepare('PRAGMA data_version').get()?.data_version))
  }

  /** Newest first. */
  listAudit(filter: AuditFilter = {}): AuditRow[] {
    return guardStorage(this.path, () => listAudit(this.#tables, filter))
  }

  findAudit(id: number): AuditRow | undefined {
    return guardStorage(this.path, () => this.#tables.find(audit, { id }))
  }

  /** Whether every row of the audit trail is as it was written, in its place, and the last one of then still there. */
  verifyAudit(notedHead?: string): AuditVerdict {
    return this.read(() => verifyAudit(this.#tables, notedHead))
  }

  /** What the tenant is called in what is left of it, once it is erased; undefined when the trail tells nothing of it. */
  findAlias(tenant: string): string | undefined {
    return guardStorage(this.path, () => findAlias(this.#tables, tenant))
  }

  /** Leaves no byte in the file, nor beside it, of what was changed or removed. Waits for readers; throws when they do not end. */
  purge(): void {
    guardStorage(this.path, () => {
      this.#database.pragma('temp_store = MEMORY')
      this.#database.exec('VACUUM')
    })
    this.mergeJournal()
  }

  /**
   * Moves every commit from the journal beside the file into the file, whatever that is called by now: SQLite would leave
   * the journal of a file that was moved away to the next one of its name.
   */
  mergeJournal(): void {
    guardStorage(this.path, () => this.#database.pragma('wal_checkpoint(TRUNCATE)'))
  }

  close(): void {
    this.#database.close()
  }
}
