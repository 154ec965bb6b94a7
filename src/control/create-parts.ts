import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { readOpenFilesLimit } from '../kit/open-files.ts'
import { threadModule } from '../kit/thread-module.ts'
import type { QuotaFile } from '../limit/quota-file.ts'
import { mostKeptChecks } from '../proxy/connection-limit.ts'
import type { Slab } from '../slab/slab.ts'
import { SlotAllocator } from '../slab/slots.ts'
import { newestVersion } from '../store/migrate.ts'
import { AdaptiveLimits } from './adaptive-limits.ts'
import { Applier } from './apply.ts'
import { createArrivalMarker } from './arrivals.ts'
import { Breakers } from './breakers.ts'
import { Configuration } from './configuration.ts'
import type { TenantWatcher } from './configuration.ts'
import { createDiscovery } from './create-discovery.ts'
import type { Database } from './database.ts'
import type { Discovery } from './discovery.ts'
import { Ejections } from './ejections.ts'
import { EventLog } from './event-log.ts'
import { HealthChecks } from './health-checks.ts'
import { KeptTenants } from './kept-tenants.ts'
import { LastAnswers } from './last-answers.ts'
import { Listeners } from './listeners.ts'
import { createOperatorEvents } from './operator-events.ts'
import { Outliers } from './outliers.ts'
import { RecorderThread, retentionOf } from './recorder.ts'
import type { ServerOptions } from './server-options.ts'
import { Sharers } from './sharers.ts'
import { DataThreads } from './threads.ts'

const defaultHangMs = 10_000

/** What is there before them. */
export interface Ground {
  readonly database: Database
  readonly slab: Slab
  readonly quotas: QuotaFile
  readonly log: Log
  readonly clock: Clock
}

/** Everything that lives as long as the server, wired together; nothing runs yet. */
export function createParts(options: ServerOptions, { database, slab, quotas, log, clock }: Ground) {
  const watchers: TenantWatcher[] = [createArrivalMarker(slab, clock)]
  const { folder, version = 'unknown' } = options
  // What is kept is as snapshots are, which change with the schema at least.
  const writer = { version: `${version} schema ${newestVersion()}`, log }
  const keeper = new KeptTenants(join(folder, 'kept'), writer)
  const discovery: Discovery = createDiscovery({
    clock,
    lastAnswers: new LastAnswers(join(folder, 'kept', 'answers'), writer),
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
