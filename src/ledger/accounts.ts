import type { Database as Connection } from 'better-sqlite3'
import type { Slab } from '../slab/slab.ts'
import { noTenantSlot } from '../slab/slots.ts'
import { CountedOwner } from './counted-owner.ts'
import type { Account } from './counted-owner.ts'
import { createCounts, decodeCounts, encodeCounts } from './counts.ts'
import type { Counts } from './counts.ts'
import { LedgerRows } from './ledger-rows.ts'
import { ledgerKind, ledgerPath, ownerKind } from './ledger-file.ts'
import type { AccountRow, OwnerKind } from './ledger-file.ts'
import { openForWriting } from './ledger-database.ts'
import type { OwnersMessage, PlacedOwner } from './name-book.ts'
import { OwnerNames } from './owner-names.ts'
import { decodeUsage, encodeUsage, sumUsage } from './usage.ts'
import type { Usage } from './usage.ts'

/** An account that nobody adds to any more. */
interface Finished {
  /** Number of the kind. */
  readonly kind: number
  readonly id: number
  readonly minute: number
  readonly counts: Counts | undefined
  readonly usage: Usage | undefined
}

interface AccountsPlan {
  readonly slab: Slab
  readonly folder: string
  /** One life of the server, and of the counters in its shared memory. */
  readonly runId: number
  /** Of refusals, by the index under which the slab counts them. */
  readonly codes: readonly string[]
  readonly wallMs: number
}

/**
 * Carries the slab's counters into the ledger. What an owner counts in the minute and the hour under way stands in its account,
 * the one row that is written again, at every flush and only if it counted something since. When a minute is over, it goes to
 * `rollup`, when an hour is over, to `usage`: these are only ever added to. 10,000 idle owners of 4 threads take 1 ms to look at.
 */
export class Accounts {
  readonly #plan: AccountsPlan
  readonly #database: Connection
  readonly #rows: LedgerRows
  readonly #owners = new Map<number, CountedOwner>()
  readonly #slots = new Map<string, number>()
  readonly #names = new OwnerNames()
  /** What a recorder before this one left in this run, until its owner is placed. */
  readonly #found: Map<string, AccountRow>
  #finished: Finished[] = []
  #minute: number

  /** Opens the ledger for a run of the server. Throws what SQLite throws, and UserError for a foreign file. */
  constructor(plan: AccountsPlan) {
    this.#plan = plan
    this.#minute = minuteOf(plan.wallMs)
    this.#database = openForWriting(ledgerPath(plan.folder), ledgerKind)
    try {
      this.#rows = new LedgerRows(this.#database)
      this.#database.transaction(() => this.#closeOthers()).immediate()
      this.#found = this.#readFound()
    } catch (error) {
      // It is tried again every second.
      this.close()
      throw error
    }
    this.#place('tenant', { id: 0, name: '', slot: noTenantSlot }, { id: 0, name: '' })
  }

  learn({ tenant, routes, endpoints, keys }: OwnersMessage): void {
    this.#place('tenant', tenant, tenant)
    for (const route of routes) this.#place('route', route, tenant)
    for (const endpoint of endpoints) this.#place('endpoint', endpoint, tenant)
    for (const key of keys) this.#place('key', key, tenant)
  }

  /** Writes no more name of a tenant that is gone. */
  forget(tenantId: number): void {
    this.#names.forget(tenantId)
  }

  /** Writes new names at once: who asks for a tenant's log finds the tenant by them. Throws what SQLite throws. */
  writeNames(): void {
    if (this.#names.isWritten) return
    this.#database.transaction(() => this.#names.write(this.#rows)).immediate()
    this.#names.settle()
  }

  /**
   * Brings the ledger up to now. What the end of a minute counted still belongs to it: the first flush after it closes it.
   * Throws what SQLite throws; everything is then written at the next flush.
   */
  flush(wallMs: number): void {
    const minute = minuteOf(wallMs)
    const isMinuteOver = minute !== this.#minute
    const isHourOver = hourOf(minute) !== hourOf(this.#minute)
    for (const owner of this.#owners.values()) owner.look(this.#plan.slab, this.#plan.codes)
    this.#database.transaction(() => this.#write({ isMinuteOver, isHourOver })).immediate()
    for (const owner of this.#owners.values()) {
      if (!owner.isWritten) owner.hasAccount = owner.isWritten = true
      if (isMinuteOver) owner.turn({ isHourOver })
    }
    this.#finished = []
    this.#names.settle()
    this.#minute = minute
  }

  /** True when the minute of the last flush is over: it wants to be closed now. */
  isMinuteOver(wallMs: number): boolean {
    return minuteOf(wallMs) !== this.#minute
  }

  /** Removes statistics, not usage, of before that time, at most an hour of them at once. */
  forgetBefore(timeMs: number): void {
    const oldest = this.#database.prepare('SELECT min(minute) FROM rollup').pluck().get() as number | null
    if (oldest === null) return
    const before = Math.min(minuteOf(timeMs), oldest + 60)
    this.#database.prepare('DELETE FROM rollup WHERE minute < ?').run(before)
  }

  close(): void {
    this.#database.close()
  }

  #place(kind: OwnerKind, { id, name, slot }: PlacedOwner, tenant: { id: number; name: string }): void {
    const key = `${ownerKind[kind]}:${id}`
    this.#names.set(key, { kind, id, tenantId: tenant.id, tenantName: tenant.name, name })
    const found = this.#slots.get(key)
    if (found === slot) return
    const owner = new CountedOwner(kind, id, slot)
    if (found === undefined) this.#resume(owner, key)
    else this.#move(owner, found)
    this.#displace(slot)
    this.#slots.set(key, slot)
    this.#owners.set(slot, owner)
  }

  #resume(owner: CountedOwner, key: string): void {
    const row = this.#found.get(key)
    if (row === undefined) return
    this.#found.delete(key)
    const account = readAccount(row)
    if (row.minute === this.#minute) return owner.resume(account, this.#plan.codes)
    // The minute ended while no recorder lived. What it had counted by then is the counters' state now.
    const { counts, usage } = account
    this.#finished.push({ kind: row.kind, id: row.owner_id, minute: row.minute, counts, usage })
    owner.resume(account, this.#plan.codes)
    owner.turn({ isHourOver: true })
    owner.hasAccount = owner.isWritten = false
  }

  #move(owner: CountedOwner, from: number): void {
    owner.takeOver(this.#owners.get(from)!)
    this.#owners.delete(from)
  }

  /** Its owner is gone for good: the slot has found another one. */
  #displace(slot: number): void {
    const gone = this.#owners.get(slot)
    if (gone === undefined) return
    const { kind, id, counts, usage } = gone
    this.#slots.delete(`${ownerKind[kind]}:${id}`)
    this.#finished.push({ kind: ownerKind[kind], id, minute: this.#minute, counts, usage })
  }

  #write(end: { readonly isMinuteOver: boolean; readonly isHourOver: boolean }): void {
    this.#names.write(this.#rows)
    for (const finished of this.#finished) this.#finish(finished)
    for (const owner of this.#owners.values()) {
      if (end.isMinuteOver) this.#closeMinute(owner, end.isHourOver)
      else if (!owner.isWritten) this.#writeAccount(owner)
    }
  }

  #writeAccount(owner: CountedOwner): void {
    const { kind, id, counts, usage, hasAccount } = owner
    const text = counts === undefined ? '' : encodeCounts(counts)
    if (hasAccount) {
      this.#rows.updateAccount(ownerKind[kind], id, { minute: this.#minute, counts: text })
      return
    }
    const before = encodeCounts(owner.shownBefore(counts ?? createCounts(), this.#plan.codes))
    this.#rows.writeAccount({ ...this.#accountOf(owner), counts: text, before, usage: encodeUsage(usage) })
  }

  #accountOf({ kind, id }: CountedOwner) {
    return { kind: ownerKind[kind], owner_id: id, run: this.#plan.runId, minute: this.#minute }
  }

  #closeMinute(owner: CountedOwner, isHourOver: boolean): void {
    const { id, counts, usage, isWritten } = owner
    if (isWritten && counts === undefined && (usage === undefined || !isHourOver)) return
    const kind = ownerKind[owner.kind]
    const sum = sumUsage(usage, counts)
    if (counts !== undefined) this.#rows.appendMinute(this.#minute, { kind, id, counts })
    if (isHourOver) this.#rows.appendUsage(hourOf(this.#minute), { kind, id, usage: sum })
    const before = encodeCounts(owner.shownBefore(createCounts(), this.#plan.codes))
    this.#rows.writeAccount({
      ...this.#accountOf(owner),
      counts: '',
      before,
      usage: encodeUsage(isHourOver ? undefined : sum),
    })
  }

  #finish({ kind, id, minute, counts, usage }: Finished): void {
    if (counts !== undefined) this.#rows.appendMinute(minute, { kind, id, counts })
    this.#rows.appendUsage(hourOf(minute), { kind, id, usage: sumUsage(usage, counts) })
    this.#rows.removeAccount(kind, id)
  }

  /** Accounts of servers that are no more, whether or not they ended properly. */
  #closeOthers(): void {
    const rows = this.#database.prepare('SELECT * FROM account WHERE run != ?').all(this.#plan.runId) as AccountRow[]
    for (const row of rows) {
      const { counts, usage } = readAccount(row)
      this.#finish({ kind: row.kind, id: row.owner_id, minute: row.minute, counts, usage })
    }
  }

  /** The slab outlives its recorder. */
  #readFound(): Map<string, AccountRow> {
    const rows = this.#database.prepare('SELECT * FROM account').all() as AccountRow[]
    return new Map(rows.map((row) => [`${row.kind}:${row.owner_id}`, row]))
  }
}

function readAccount({ before, counts, usage }: AccountRow): Account {
  return {
    before: decodeCounts(before),
    counts: counts === '' ? undefined : decodeCounts(counts),
    usage: decodeUsage(usage),
  }
}

function minuteOf(wallMs: number): number {
  return Math.floor(wallMs / 60_000)
}

function hourOf(minute: number): number {
  return Math.floor(minute / 60)
}
