import { availableParallelism } from 'node:os'
import { systemClock } from '../kit/clock.ts'
import { createLog } from '../kit/log.ts'
import type { Log } from '../kit/log.ts'
import { mostThreads } from '../slab/layout.ts'
import { createSlab } from '../slab/slab.ts'
import { takeInstanceLock } from '../store/instance-lock.ts'
import { collectGarbage } from './collect-garbage.ts'
import type { Configuration } from './configuration.ts'
import { closeControlSocket, openControlSocket } from './control-socket.ts'
import type { ControlHandlers } from './control-socket.ts'
import { createParts } from './create-parts.ts'
import { Database } from './database.ts'
import { reportLimits } from './limit-status.ts'
import type { ListenerStatus } from './listeners.ts'
import type { RecorderThread } from './recorder.ts'
import { socketPath } from './socket-path.ts'
import type { ServerOptions } from './server-options.ts'
import { reportStatus } from './status.ts'
import type { StatusReport } from './status.ts'
import { explainLive } from './explain.ts'
import { checkEndpoint, reportPool } from './pool-status.ts'
import { closeQuotas, openQuotas } from './quotas.ts'
import type { DataThreads } from './threads.ts'
import { waitForRevision } from './wait.ts'
import type { WaitOutcome, WaitRequest } from './wait.ts'
import { startWatch } from './watch.ts'

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
