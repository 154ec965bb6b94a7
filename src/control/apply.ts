import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { UserError } from '../kit/user-error.ts'
import type { GlobalRows } from '../model/rows.ts'
import type { PoolEvent } from '../slab/pool-event.ts'
import { compileGlobal } from '../snapshot/compile-global.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { Problem } from '../snapshot/tenant-snapshot.ts'
import { collectGarbage } from './collect-garbage.ts'
import { changeMessages } from './change-messages.ts'
import type { Change, Configuration } from './configuration.ts'
import type { Database } from './database.ts'
import type { Discovery } from './discovery.ts'
import type { EventLog } from './event-log.ts'
import type { Listeners } from './listeners.ts'
import { beforeAll } from './read-changes.ts'
import type { ReadChanges } from './read-changes.ts'
import type { RecorderThread } from './recorder.ts'
import type { DataThreads } from './threads.ts'

export interface ApplierParts {
  readonly database: Database
  readonly configuration: Configuration
  readonly discovery: Pick<Discovery, 'judgeAnew' | 'hurry'>
  readonly recorder: RecorderThread
  readonly threads: DataThreads
  readonly listeners: Listeners
  readonly events: Pick<EventLog, 'note'>
  readonly log: Log
  readonly clock: Clock
}

/** After so many tenants were handed out anew what they were before is thrown away: some 20 MB. */
const tenantsPerCollection = 2_000

/** Carries what was committed to the threads. Its work is proportional to what changed. */
export class Applier {
  /** Everything up to this revision was read. */
  revision = beforeAll
  /** Number of the last change that the threads were told. */
  change = 0
  /** Why the newest listeners and settings are not in force. */
  globalProblems: readonly Problem[] = []
  #global: GlobalSnapshot | undefined
  #handedOut = 0
  readonly #parts: ApplierParts

  constructor(parts: ApplierParts) {
    this.#parts = parts
  }

  get global(): GlobalSnapshot {
    if (this.#global === undefined) throw new Error('nothing was read yet')
    return this.#global
  }

  /** Reads everything for the first time. Throws UserError when there is no configuration to start with. */
  readFirst(): void {
    const { database } = this.#parts
    const changes = database.readChanges(beforeAll)
    if (changes === undefined) {
      throw new UserError('storage', database.trouble?.message ?? 'nothing to read', database.trouble?.hint)
    }
    this.#apply(changes)
    if (this.#global !== undefined) return
    const [{ table, row, message, hint }] = this.globalProblems
    throw new UserError('problems', `${table} '${row}': ${message}`, hint)
  }

  /** Applies what was committed since the last look. */
  look(): void {
    this.#guard(() => this.#look())
  }

  /** Endpoints of these tenants may be others by now; of all, where nobody is named. */
  refresh(tenantIds?: readonly number[]): void {
    this.#guard(() => {
      const { configuration } = this.#parts
      const tenants = configuration.refresh(tenantIds ?? [...configuration.placed.keys()])
      if (tenants.length > 0) this.#tell({ global: undefined, tenants, removedTenantIds: [] })
    })
  }

  /** Reads everything again, from whatever file is there now. */
  reload(): void {
    this.#guard(() => this.#reload())
  }

  /** Tells a thread that knows nothing yet everything that is in force. */
  configureThread(thread: number): void {
    const { configuration, threads } = this.#parts
    const everything = { global: this.#global, tenants: [...configuration.placed.values()], removedTenantIds: [] }
    for (const message of changeMessages(everything, this.change)) threads.send(thread, message)
  }

  /** Tells a recorder that knows nothing yet every name. */
  configureRecorder(): void {
    const { configuration, recorder } = this.#parts
    for (const placed of configuration.placed.values()) recorder.tellOwners(placed)
  }

  /** A defect of ours costs a change, not the traffic of everybody. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error)
      this.#parts.log.error({ code: 'internal_error', error: stack }, 'a change could not be handed out')
    }
  }

  #look(): void {
    const changes = this.#parts.database.readChanges(this.revision)
    if (changes === undefined) return
    // A revision that steps back means that a backup was restored: everything was read.
    if (changes.revision < this.revision) this.#applyWhole(changes)
    else this.#apply(changes)
  }

  #reload(): void {
    const { database, log } = this.#parts
    database.reopen()
    if (database.trouble !== undefined) return
    const changes = database.readChanges(beforeAll)
    if (changes === undefined) return
    log.info({ code: 'reloaded', revision: changes.revision }, 'the whole configuration was read again')
    this.#applyWhole(changes)
  }

  /** What is in force and was not found any more is gone, whether or not the database remembers its removal. */
  #applyWhole(read: ReadChanges): void {
    const { placed, quarantines } = this.#parts.configuration
    const present = new Set(read.tenants.map(({ id }) => id))
    const gone = [...new Set([...placed.keys(), ...quarantines.keys()])].filter((id) => !present.has(id))
    this.#apply({ ...read, removedTenantIds: gone })
  }

  #apply(read: ReadChanges): void {
    const { configuration, log, clock } = this.#parts
    const startUs = clock.monotonicUs()
    const global = read.global && this.#judgeGlobal(read.global)
    // What may be connected to is known before it is asked.
    if (global !== undefined) this.#parts.discovery.judgeAnew()
    const quarantined = new Set(configuration.quarantines.keys())
    const { tenants, removedTenantIds } = configuration.absorb(read.tenants, read.removedTenantIds)
    this.revision = read.revision
    if (global !== undefined || tenants.length > 0 || removedTenantIds.length > 0) {
      this.#tell({ global, tenants, removedTenantIds })
    }
    const ms = Math.round((clock.monotonicUs() - startUs) / 1_000)
    const counts = { tenants: tenants.length, removed: removedTenantIds.length, ms }
    log.info({ code: 'applied', revision: read.revision, ...counts }, `revision ${read.revision} was handed out`)
    this.#collect(tenants.length)
    for (const { id } of read.tenants) this.#reportQuarantine(id)
    for (const { sealed } of tenants) {
      const isReleased = quarantined.has(sealed.id) && !configuration.quarantines.has(sealed.id)
      if (isReleased) this.#note('tenant_released', sealed.id, `revision ${sealed.revision} is good and in force`)
    }
  }

  #collect(tenants: number): void {
    this.#handedOut += tenants
    if (this.#handedOut < tenantsPerCollection) return
    this.#handedOut = 0
    setImmediate(collectGarbage)
  }

  #judgeGlobal(rows: GlobalRows): GlobalSnapshot | undefined {
    const compiled = compileGlobal(rows)
    if ('snapshot' in compiled) {
      this.globalProblems = []
      const before = this.#global
      this.#global = compiled.snapshot
      if (before !== undefined && isFoundOtherwise(before, compiled.snapshot)) this.#parts.discovery.hurry()
      return compiled.snapshot
    }
    this.globalProblems = compiled.problems
    const { problems } = compiled
    this.#parts.log.error({ code: 'settings_kept', problems }, 'listeners and settings stay as they were')
    return undefined
  }

  /** The recorder first: it must know a name before the first record that uses it. */
  #tell(change: Change): void {
    const { recorder, threads, listeners } = this.#parts
    this.change += 1
    for (const placed of change.tenants) recorder.tellOwners(placed)
    if (change.global !== undefined) recorder.tellRetention(change.global)
    for (const message of changeMessages(change, this.change)) threads.sendAll(message)
    if (change.global !== undefined) listeners.set(change.global.listeners, change.global.revision)
  }

  #reportQuarantine(tenantId: number): void {
    const { configuration, log } = this.#parts
    const quarantine = configuration.quarantines.get(tenantId)
    if (quarantine === undefined) return
    const { tenant, revision, problems } = quarantine
    const keptRevision = configuration.keptRevision(tenantId)
    log.warn({ code: 'quarantined', tenant, revision, keptRevision, problems }, `tenant '${tenant}' is quarantined`)
    const [{ table, row, message, hint }] = problems
    const serves = keptRevision === undefined ? 'it has none' : `revision ${keptRevision} goes on`
    const reason = `revision ${revision} does not hold, ${serves}: ${table} '${row}': ${message}. ${hint}`
    this.#note('tenant_quarantined', tenantId, reason)
  }

  #note(kind: PoolEvent['kind'], tenantId: number, reason: string): void {
    const { events, clock } = this.#parts
    events.note({ timeMs: clock.wallMs(), kind, tenantId, poolId: 0, endpointId: 0, reason })
  }
}

/** What endpoints come from may answer otherwise under these settings. */
function isFoundOtherwise(before: GlobalSnapshot, after: GlobalSnapshot): boolean {
  return before.allowExec !== after.allowExec || before.dnsServers.join() !== after.dnsServers.join()
}
