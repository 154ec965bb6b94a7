import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../kit/clock.ts'
import { mostKeptChecks } from '../proxy/connection-limit.ts'
import { readOpenFilesLimit } from '../kit/open-files.ts'
import type { Clock } from '../kit/clock.ts'
import { createLog } from '../kit/log.ts'
import type { Log } from '../kit/log.ts'
import { threadModule } from '../kit/thread-module.ts'
import { mostThreads } from '../slab/layout.ts'
import { createSlab } from '../slab/slab.ts'
import type { Slab } from '../slab/slab.ts'
import { SlotAllocator } from '../slab/slots.ts'
import type { QuotaFile } from '../limit/quota-file.ts'
import { takeInstanceLock } from '../store/instance-lock.ts'
import { Applier } from './apply.ts'
import { collectGarbage } from './collect-garbage.ts'
import { AdaptiveLimits } from './adaptive-limits.ts'
import { createArrivalMarker } from './arrivals.ts'
import { Breakers } from './breakers.ts'
import { Configuration } from './configuration.ts'
import type { TenantWatcher } from './configuration.ts'
import { closeControlSocket, openControlSocket } from './control-socket.ts'
import type { ControlHandlers } from './control-socket.ts'
import { createDiscovery } from './create-discovery.ts'
import { Database } from './database.ts'
import type { Discovery } from './discovery.ts'
import { KeptTenants } from './kept-tenants.ts'
import { reportLimits } from './limit-status.ts'
import { Sharers } from './sharers.ts'
import { Listeners } from './listeners.ts'
import type { ListenerStatus } from './listeners.ts'
import { RecorderThread, retentionOf } from './recorder.ts'
import { socketPath } from './socket-path.ts'
import { reportStatus } from './status.ts'
import type { StatusReport } from './status.ts'
import { Ejections } from './ejections.ts'
import { createOperatorEvents } from './operator-events.ts'
import { Outliers } from './outliers.ts'
import { EventLog } from './event-log.ts'
import { explainLive } from './explain.ts'
import { HealthChecks } from './health-checks.ts'
import { checkEndpoint, reportPool } from './pool-status.ts'
import { closeQuotas, openQuotas } from './quotas.ts'
import { DataThreads } from './threads.ts'
import { waitForRevision } from './wait.ts'
import type { WaitOutcome, WaitRequest } from './wait.ts'
import { startWatch } from './watch.ts'

export interface ServerOptions {
  readonly folder: string
  /** Number of data threads, 128 at most; one per core unless given. */
  readonly threads?: number
  /** How long `close` waits for what is under way; the setting `drain-timeout` unless given. */
  readonly drainMs?: number | undefined
  /** A data thread whose event loop stands still for so long is replaced. */
  readonly hangMs?: number
  readonly log?: Log
  readonly clock?: Clock
  /** Shown by status. */
  readonly version?: string
  /** What the threads run; tests put their own in place. */
  readonly dataThreadModule?: URL
  readonly recorderModule?: URL
}

export interface Server {
  readonly folder: string
  /** With the ports that the kernel chose. */
  readonly listeners: readonly ListenerStatus[]
  status(): StatusReport
  /** Reads the whole configuration again. */
  reload(): void
  /** Stops accepting, lets what is under way finish, writes all records, and gives everything back. */
  close(): Promise<void>
}

const recorderStopMs = 10_000
const defaultHangMs = 10_000

/**
 * Starts a server on a data folder; resolves when every listener accepts or has failed. Throws UserError: `conflict` when
 * the folder has a server, `storage` when its database cannot be used, `problems` when listeners or settings are wrong.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  // Whatever was opened is closed last in, first out: at the end, and also when starting fails half-way.
  const closing = new AsyncDisposableStack()
  try {
    return await start(options, closing)
  } catch (error) {
    await closing.disposeAsync()
    throw error
  }
}

async function start(options: ServerOptions, closing: AsyncDisposableStack): Promise<Server> {
  const { folder, log = createLog({ name: 'main' }), clock = systemClock, version = 'unknown' } = options
  const startedMs = clock.wallMs()
  socketPath(folder)
  const lock = takeInstanceLock(folder)
  closing.defer(() => lock.release())
  const database = new Database(folder, clock, log)
  closing.defer(() => database.close())

  const slab = createSlab({ threads: options.threads ?? Math.min(availableParallelism(), mostThreads) })
  const quotas = openQuotas(folder, slab, log)
  closing.defer(() => closeQuotas(quotas, clock, log))

  const parts = createParts(options, { database, slab, quotas, log, clock })
  const {
    applier,
    configuration,
    discovery,
    recorder,
    threads,
    listeners,
    events,
    health,
    ejections,
    breakers,
    outliers,
    adaptiveLimits,
  } = parts
  discovery.start()
  closing.defer(() => discovery.close())
  applier.readFirst()
  await whenFound(configuration)

  // Opened first, so that it is closed last: who asks during the drain is told of it.
  let isDraining = false
  const status = () => reportStatus({ ...parts, version, startedMs, isDraining })
  const reload = () => applier.reload()
  const wait = async (request: WaitRequest): Promise<WaitOutcome> =>
    isDraining ? { outcome: 'draining' } : waitForRevision(request, { ...parts, clock })
  const handlers: ControlHandlers = {
    status,
    wait,
    reload,
    events: (query) => events.list(query),
    limits: (tenant) => reportLimits(tenant, { ...parts, clock }),
    pool: (name) => reportPool(name, { ...parts, clock }),
    explain: (request) => explainLive(request, { ...parts, clock }),
    forget: (tenantIds) =>
      tenantIds.some((id) => configuration.placed.has(id)) ? undefined : recorder.forget(tenantIds),
    check: (endpoint) => checkEndpoint(endpoint, { ...parts, clock }),
  }
  const socket = await openControlSocket(folder, handlers, log)
  closing.defer(() => closeControlSocket(socket))

  recorder.thread.start()
  closing.defer(() => stopRecorder(recorder, log))
  threads.start()
  closing.defer(() => drain(threads, options.drainMs ?? applier.global.drainTimeoutMs, log))
  closing.defer(() => listeners.close())
  for (const watching of [health, breakers, outliers, adaptiveLimits]) {
    watching.start()
    closing.defer(() => watching.close())
  }
  closing.defer(() => ejections.close())

  const watch = startWatch({ folder, look: () => applier.look(), checkFile: () => database.checkFile(), log })
  closing.defer(() => {
    isDraining = true
    watch.close()
  })
  // A commit between the first read and the start of the watch.
  applier.look()
  await Promise.all([listeners.whenSettled(), threads.whenApplied(applier.change)])
  collectGarbage()
  log.info({ code: 'started', folder, threads: threads.count, revision: applier.revision }, 'mtlb serves')

  let closed: Promise<void> | undefined
  return {
    folder,
    get listeners() {
      return listeners.status()
    },
    status,
    reload,
    close: () => (closed ??= closing.disposeAsync()),
  }
}

interface Ground {
  readonly database: Database
  readonly slab: Slab
  readonly quotas: QuotaFile
  readonly log: Log
  readonly clock: Clock
}

/** Everything that lives as long as the server, wired together; nothing runs yet. */
function createParts(options: ServerOptions, { database, slab, quotas, log, clock }: Ground) {
  const watchers: TenantWatcher[] = [createArrivalMarker(slab, clock)]
  const { folder, version = 'unknown' } = options
  const keeper = new KeptTenants(join(folder, 'kept'), { version, log })
  const discovery: Discovery = createDiscovery({
    clock,
    applier: () => applier,
    listeners: () => listeners,
    events: () => events,
  })
  const configuration: Configuration = new Configuration({
    places: { allocator: new SlotAllocator(slab, clock), quotas },
    watchers,
    keeper,
    discovery,
  })
  const events: EventLog = new EventLog(configuration, log)
  const health = new HealthChecks({
    slab,
    clock,
    tell: (event) => events.note(event),
    mayExec: () => applier.global.allowExec,
    mostKept: mostKeptChecks(readOpenFilesLimit()),
  })
  const ejections = new Ejections({ slab, clock, configuration, tell: (event) => events.note(event) })
  const breakers = new Breakers({ slab, clock, tell: (event) => events.note(event) })
  const outliers = new Outliers({ slab, eject: (suspicion) => ejections.suspect(suspicion) })
  const operatorEvents = createOperatorEvents({ clock, tell: (event) => events.note(event) })
  const sharers = new Sharers()
  const adaptiveLimits = new AdaptiveLimits(slab)
  watchers.push(discovery, health, ejections, breakers, outliers, operatorEvents, sharers, adaptiveLimits)
  const recorder = new RecorderThread({
    module: options.recorderModule ?? threadModule(import.meta.url, '../ledger/recorder-thread'),
    slab,
    folder: options.folder,
    retention: () => retentionOf(applier.global),
    onStart: () => applier.configureRecorder(),
    log,
    clock,
  })
  const threads: DataThreads = new DataThreads({
    count: slab.threads,
    module: options.dataThreadModule ?? threadModule(import.meta.url, '../proxy/data-thread'),
    slab,
    quotaFile: quotas.fd,
    hangMs: options.hangMs ?? defaultHangMs,
    onStart: (thread) => {
      applier.configureThread(thread)
      listeners.threadStarted(thread)
    },
    onMessage: (thread, message) => {
      if (message.kind === 'event') events.note(message.event)
      else if (message.kind === 'suspect') ejections.suspect(message.suspicion)
      else {
        listeners.heard(thread, message)
        // The kernel may have chosen a port that an endpoint names.
        if (message.kind === 'listening') discovery.judgeAnew()
      }
    },
    onDeath: (thread) => listeners.threadDied(thread),
    log,
    clock,
  })
  const listeners: Listeners = new Listeners(threads, log)
  const applier: Applier = new Applier({
    database,
    configuration,
    discovery,
    recorder,
    threads,
    listeners,
    events,
    log,
    clock,
  })
  const watching = { discovery, events, health, ejections, breakers, outliers, sharers, adaptiveLimits }
  return { database, slab, configuration, recorder, threads, listeners, applier, ...watching }
}

/** Endpoints are looked up before anybody may ask for them; nobody is waited for longer than `longestWaitMs`. */
async function whenFound(configuration: Configuration): Promise<void> {
  while (configuration.hasWaiting) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function drain(threads: DataThreads, timeoutMs: number, log: Log): Promise<void> {
  log.info({ code: 'draining', timeoutMs }, 'no new connections; what is under way may finish')
  const abandoned = await threads.drain(timeoutMs)
  log.info({ code: 'drained', abandoned }, 'all data threads have ended')
}

async function stopRecorder(recorder: RecorderThread, log: Log): Promise<void> {
  if (await recorder.stop(recorderStopMs)) return
  log.error({ code: 'recorder_forced' }, 'the recorder was ended by force: its last records may be missing')
}
