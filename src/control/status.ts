import { inFlight } from '../slab/gauges.ts'
import { countQueued } from '../slab/pool-queue.ts'
import { serverSlot } from '../slab/slots.ts'
import { countMissingRecords, readThreadCell, threadCell } from '../slab/thread-cells.ts'
import type { Slab } from '../slab/slab.ts'
import type { Problem } from '../snapshot/tenant-snapshot.ts'
import type { Applier } from './apply.ts'
import type { Configuration } from './configuration.ts'
import type { Database, DatabaseTrouble } from './database.ts'
import type { ListenerStatus, Listeners } from './listeners.ts'
import type { RecorderThread } from './recorder.ts'
import type { ThreadState } from './supervised-thread.ts'
import type { DataThreads, DataThreadState } from './threads.ts'

/** What a running server says of itself. */
export interface StatusReport {
  readonly version: string
  /** While draining nothing new is accepted or applied. */
  readonly state: 'running' | 'draining'
  readonly pid: number
  readonly startedMs: number
  /** The last revision that was read. */
  readonly revision: number
  readonly threads: readonly {
    readonly index: number
    readonly state: DataThreadState
    /** Client connections that are open. */
    readonly connections: number
    readonly accepted: number
    /** Connections that a cap or the limit of open files kept out. */
    readonly turnedAway: number
    /** Of those accepted, how many no cap per address knows of, because too many addresses were connected. */
    readonly uncounted: number
    readonly restarts: number
  }[]
  readonly recorder: { readonly state: ThreadState; readonly restarts: number }
  readonly listeners: readonly ListenerStatus[]
  readonly tenants: {
    readonly total: number
    readonly quarantined: readonly QuarantinedTenant[]
  }
  /** Why the newest listeners and settings are not in force; empty when they are. */
  readonly globalProblems: readonly Problem[]
  /** Of all tenants together; null where the setting `max-in-flight` bounds nothing. */
  readonly load: { readonly inFlight: number; readonly maxInFlight: number; readonly waiting: number } | null
  readonly records: { readonly dropped: number }
  /** Why the database on disk is not followed. */
  readonly trouble?: DatabaseTrouble
}

export interface QuarantinedTenant {
  readonly tenant: string
  /** What is in force instead; 0 when nothing ever was. */
  readonly keptRevision: number
  readonly revision: number
  readonly problems: readonly Problem[]
}

export interface StatusParts {
  readonly version: string
  readonly startedMs: number
  readonly isDraining: boolean
  readonly slab: Slab
  readonly applier: Applier
  readonly configuration: Configuration
  readonly database: Database
  readonly listeners: Listeners
  readonly recorder: RecorderThread
  readonly threads: DataThreads
}

export function reportStatus(parts: StatusParts): StatusReport {
  const { version, startedMs, slab, applier, configuration, database, listeners, recorder, threads } = parts
  return {
    version,
    state: parts.isDraining ? 'draining' : 'running',
    pid: process.pid,
    startedMs,
    revision: applier.revision,
    threads: Array.from({ length: threads.count }, (_, index) => ({
      index,
      state: threads.state(index),
      connections: readThreadCell(slab, index, threadCell.connections),
      accepted: readThreadCell(slab, index, threadCell.accepted),
      turnedAway: readThreadCell(slab, index, threadCell.turnedAway),
      uncounted: readThreadCell(slab, index, threadCell.uncounted),
      restarts: threads.restarts(index),
    })),
    recorder: { state: recorder.thread.state, restarts: recorder.thread.restarts },
    listeners: listeners.status(),
    tenants: { total: configuration.size, quarantined: listQuarantined(configuration) },
    globalProblems: applier.globalProblems,
    load: reportLoad(slab, applier.global.maxInFlight),
    records: { dropped: countMissingRecords(slab) },
    ...(database.trouble === undefined ? {} : { trouble: database.trouble }),
  }
}

function reportLoad(slab: Slab, maxInFlight: number): StatusReport['load'] {
  if (maxInFlight === 0) return null
  return { inFlight: inFlight(slab, serverSlot), maxInFlight, waiting: countQueued(slab, serverSlot) }
}

function listQuarantined(configuration: Configuration): QuarantinedTenant[] {
  return [...configuration.quarantines.values()].map(({ tenantId, tenant, revision, problems }) => ({
    tenant,
    keptRevision: configuration.keptRevision(tenantId) ?? 0,
    revision,
    problems,
  }))
}
