import type { Clock } from '../kit/clock.ts'
import type { Absentee } from '../snapshot/expand-tenant.ts'
import type { Problem } from '../snapshot/tenant-snapshot.ts'
import type { Applier } from './apply.ts'
import type { Configuration } from './configuration.ts'
import type { Database } from './database.ts'
import type { Discovery } from './discovery.ts'
import type { Listeners } from './listeners.ts'
import type { DataThreads } from './threads.ts'

export interface WaitRequest {
  readonly revision: number
  /** Whose change it was; undefined for listeners and settings. */
  readonly tenant: string | undefined
  readonly timeoutMs: number
}

export type WaitOutcome =
  /** Enforced by every data thread; endpoints of the tenant to which nothing is sent all the same, and why. */
  | { readonly outcome: 'applied'; readonly ms: number; readonly absentees: readonly Absentee[] }
  /** Refused: what was in force before goes on. `keptRevision` is 0 when there was nothing before. */
  | { readonly outcome: 'kept'; readonly keptRevision: number; readonly problems: readonly Problem[] }
  | { readonly outcome: 'timeout' }
  /** The server is ending and takes no changes any more. */
  | { readonly outcome: 'draining' }

export interface WaitParts {
  readonly applier: Applier
  readonly configuration: Configuration
  readonly database: Database
  readonly discovery: Pick<Discovery, 'listAbsentees'>
  readonly listeners: Listeners
  readonly threads: DataThreads
  readonly clock: Clock
}

const lookAgainMs = 25

/** Waits until a revision is enforced everywhere, or says why it will not be. */
export async function waitForRevision(request: WaitRequest, parts: WaitParts): Promise<WaitOutcome> {
  const { applier, database, threads, listeners, clock } = parts
  const startUs = clock.monotonicUs()
  const elapsedMs = () => (clock.monotonicUs() - startUs) / 1_000
  database.checkFile()
  applier.look()
  // A revision of another file than the one that is open says nothing here.
  if (database.trouble !== undefined) return databaseKept(parts)
  while (applier.revision < request.revision) {
    if (elapsedMs() >= request.timeoutMs) return { outcome: 'timeout' }
    await delay(lookAgainMs)
    applier.look()
  }
  // Its endpoints are looked up first, for a bounded time.
  while (request.tenant !== undefined && parts.configuration.isWaiting(request.tenant)) {
    if (elapsedMs() >= request.timeoutMs) return { outcome: 'timeout' }
    await delay(lookAgainMs)
  }
  const listening = request.tenant === undefined ? listeners.whenSettled() : undefined
  const enforced = Promise.all([threads.whenApplied(applier.change), listening]).then(() => true)
  const isInTime = await Promise.race([enforced, delay(request.timeoutMs - elapsedMs())])
  if (!isInTime) return { outcome: 'timeout' }
  return (
    findRefusal(request, parts) ?? {
      outcome: 'applied',
      ms: Math.ceil(elapsedMs()),
      absentees: findAbsentees(request, parts),
    }
  )
}

function findAbsentees({ tenant }: WaitRequest, { configuration, discovery }: WaitParts): readonly Absentee[] {
  const placed = tenant === undefined ? undefined : configuration.findPlaced(tenant)
  return placed === undefined ? [] : discovery.listAbsentees(placed.sealed.id)
}

function findRefusal({ revision, tenant }: WaitRequest, parts: WaitParts): WaitOutcome | undefined {
  const { applier, configuration, listeners } = parts
  if (tenant !== undefined) {
    const quarantine = configuration.findQuarantine(tenant)
    if (quarantine === undefined) return undefined
    const keptRevision = configuration.keptRevision(quarantine.tenantId) ?? 0
    return { outcome: 'kept', keptRevision, problems: quarantine.problems }
  }
  if (applier.globalProblems.length > 0) {
    return { outcome: 'kept', keptRevision: applier.global.revision, problems: applier.globalProblems }
  }
  const failed = listeners.failedSince(revision)
  if (failed.length === 0) return undefined
  return { outcome: 'kept', keptRevision: 0, problems: failed.map(listenProblem) }
}

function databaseKept({ applier, database }: WaitParts): WaitOutcome {
  const message = database.trouble?.message ?? ''
  const hint = database.trouble?.hint ?? ''
  const problem = { table: 'database', row: 'mtlb.db', field: 'file', message, hint }
  return { outcome: 'kept', keptRevision: applier.revision, problems: [problem] }
}

function listenProblem({ name, message }: { readonly name: string; readonly message: string }): Problem {
  const hint = `It is tried again every few seconds; or move it: 'mtlb listener set ${name} --bind …'.`
  return { table: 'listener', row: name, field: 'bind', message, hint }
}

function delay(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), Math.max(ms, 0)).unref())
}
