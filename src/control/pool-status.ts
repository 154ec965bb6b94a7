import type { Clock } from '../kit/clock.ts'
import { Course, probe } from '../outbound/probe.ts'
import type { ProbePlan } from '../outbound/probe.ts'
import { inFlight } from '../slab/gauges.ts'
import { hindrance, readHindrances } from '../slab/hindrances.ts'
import { readLatency } from '../slab/latency.ts'
import { countQueued } from '../slab/pool-queue.ts'
import { placeLimit } from '../slab/turnarounds.ts'
import type { Slab } from '../slab/slab.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { Absentee } from '../snapshot/expand-tenant.ts'
import type { EndpointSnapshot, PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { Applier } from './apply.ts'
import type { Breakers, OpenBreaker } from './breakers.ts'
import type { Configuration } from './configuration.ts'
import type { Discovery, SourceStatus } from './discovery.ts'
import { planOf } from './health-check.ts'
import type { Ejections } from './ejections.ts'
import type { HealthChecks } from './health-checks.ts'
import type { Sharers, ShareStatus } from './sharers.ts'

/** How a pool stands now. */
export interface PoolStatus {
  readonly inFlight: number
  /** As it is found out, where the pool is adaptive; 0: any number. */
  readonly maxInFlight: number
  /** Requests that wait for a place. */
  readonly waiting: number
  /** Why and since when its circuit breaker is open, or half-open; undefined: it is closed, or there is none. */
  readonly breaker: OpenBreaker | undefined
  readonly endpoints: readonly EndpointStatus[]
  /** What endpoints come from that the configuration does not say itself. */
  readonly sources: readonly SourceStatus[]
  /** Who shares it and has something to do; undefined where nobody does. */
  readonly shares: readonly ShareStatus[] | undefined
}

/** How an endpoint stands now. */
export interface EndpointStatus {
  readonly url: string
  /** What has brought it, where that is not the configuration: a name, a service, `from-file`, `from-exec`. */
  readonly source: string | undefined
  readonly weight: number
  readonly state:
    | 'up'
    | 'down'
    | 'ejected'
    | 'tripped'
    | 'draining'
    | 'disabled'
    | 'unchecked'
    // Nothing is sent there: its address is not known, or such that nothing is ever sent to.
    | 'unresolved'
    | 'refused'
  /** Why, where there is something to say. */
  readonly reason: string
  /** Since when, in Unix milliseconds; 0: as long as the server knows it. */
  readonly sinceMs: number
  readonly inFlight: number
  /** 0: any number. */
  readonly maxConnections: number
  /** How long answers are expected to take; undefined where the pool's balancing does not measure it. */
  readonly latencyUs: number | undefined
  /** 0: there was none. */
  readonly lastCheckMs: number
  readonly lastCheck: string
}

export interface PoolName {
  readonly tenant: string
  readonly pool: string
}

/** What came of one check on demand; timings in microseconds. */
export interface CheckReport {
  readonly url: string
  readonly kind: ProbePlan['kind']
  readonly isHealthy: boolean
  readonly reason: string
  /** Until the connection stood, and until the answer's head was there; undefined: it came to none. */
  readonly connectUs?: number | undefined
  readonly answerUs?: number | undefined
  readonly durationUs: number
}

interface PoolStatusParts {
  readonly slab: Slab
  readonly configuration: Configuration
  readonly applier: Applier
  readonly health: HealthChecks
  readonly ejections: Ejections
  readonly breakers: Breakers
  readonly sharers: Sharers
  readonly discovery: Discovery
  readonly clock: Clock
}

/** How a pool and each endpoint of it stand; undefined for a pool that is not in force. */
export function reportPool(name: PoolName, parts: PoolStatusParts): PoolStatus | undefined {
  const found = findPool(name, parts.configuration)
  if (found === undefined) return undefined
  const { pool, slot, slots } = found
  const { sources, absentees } = reportSources(found, parts)
  return {
    inFlight: inFlight(parts.slab, slot),
    maxInFlight: placeLimit(parts.slab, slot, pool.maxInFlight),
    waiting: countQueued(parts.slab, slot),
    breaker: parts.breakers.findOpen(slot),
    endpoints: [
      ...pool.endpoints.map((endpoint, index) => reportEndpoint(endpoint, slots[index], parts)),
      ...absentees.map(reportAbsentee),
    ],
    sources,
    shares: parts.sharers.report(name, parts.slab),
  }
}

/**
 * Checks an endpoint now, as its pool says, whatever is known of it; of a name or a service every address, and first of all those that
 * nothing is sent to. Undefined for one that is not in force.
 */
export async function checkEndpoint(
  { url, ...name }: PoolName & { readonly url: string },
  parts: PoolStatusParts,
): Promise<readonly CheckReport[] | undefined> {
  const found = findPool(name, parts.configuration)
  if (found === undefined) return undefined
  const { pool } = found
  const { absentees } = reportSources(found, parts)
  const kind = planOf(pool).kind
  const absent = absentees
    .filter((absentee) => absentee.url === url || absentee.source === url)
    .map((absentee) => ({ url: absentee.url, kind, isHealthy: false, reason: absentee.reason, durationUs: 0 }))
  const endpoints = pool.endpoints.filter((candidate) => candidate.url === url || candidate.source === url)
  const checked = await Promise.all(endpoints.map((endpoint) => checkNow(endpoint, pool, parts)))
  return absent.length + checked.length === 0 ? undefined : [...absent, ...checked]
}

async function checkNow(
  endpoint: EndpointSnapshot,
  pool: PoolSnapshot,
  { applier, clock }: PoolStatusParts,
): Promise<CheckReport> {
  const { url } = endpoint
  const plan = planOf(pool)
  if (plan.kind === 'exec' && !applier.global.allowExec) {
    return { url, kind: plan.kind, isHealthy: false, reason: "the setting 'allow-exec' is off", durationUs: 0 }
  }
  return { url, kind: plan.kind, ...(await probe(endpoint, plan, new Course(clock))) }
}

/** By what the configuration says of the pool, names and all. */
function reportSources(
  { tenantId, pool }: { readonly tenantId: number; readonly pool: PoolSnapshot },
  { configuration, discovery }: PoolStatusParts,
): ReturnType<Discovery['report']> {
  const declared = configuration.findDeclared(tenantId)
  const declaredPool = declared?.pools.find(({ id }) => id === pool.id)
  if (declared === undefined || declaredPool === undefined) return { sources: [], absentees: [] }
  return discovery.report(declared, declaredPool)
}

function reportAbsentee({ url, source, state, reason }: Absentee): EndpointStatus {
  return {
    url,
    source,
    weight: 0,
    state,
    reason,
    sinceMs: 0,
    inFlight: 0,
    maxConnections: 0,
    latencyUs: undefined,
    lastCheckMs: 0,
    lastCheck: '',
  }
}

function findPool({ tenant, pool: poolName }: PoolName, configuration: Configuration) {
  const owner = configuration.findPlaced(tenant)
  if (owner === undefined) return undefined
  const { pools } = openTenant(owner.sealed)
  const index = pools.findIndex(({ name }) => name === poolName)
  if (index === -1) return undefined
  return {
    tenantId: owner.sealed.id,
    pool: pools[index],
    slot: owner.slots.pools[index],
    slots: owner.slots.endpoints[index],
  }
}

function reportEndpoint(endpoint: EndpointSnapshot, slot: number, parts: PoolStatusParts): EndpointStatus {
  const { slab, health, ejections, breakers, clock } = parts
  const { findings } = health.find(endpoint.id) ?? {}
  const ejection = ejections.find(endpoint.id)
  const down = findings?.isUp === false ? findings : undefined
  const out = ejection ?? breakers.findOpen(slot)
  const latencyUs = readLatency(slab, slot, clock.monotonicUs())
  return {
    url: endpoint.url,
    source: endpoint.source,
    weight: endpoint.weight,
    state: judgeState(endpoint, { hindrances: readHindrances(slab, slot), isChecked: findings !== undefined }),
    reason: down?.last?.reason ?? out?.reason ?? '',
    sinceMs: down?.sinceMs ?? out?.sinceMs ?? findings?.sinceMs ?? 0,
    inFlight: inFlight(slab, slot),
    maxConnections: endpoint.maxConnections,
    latencyUs: latencyUs === 0 ? undefined : latencyUs,
    lastCheckMs: findings?.lastMs ?? 0,
    lastCheck: findings?.last?.reason ?? '',
  }
}

function judgeState(
  { state }: Pick<EndpointSnapshot, 'state'>,
  { hindrances, isChecked }: { readonly hindrances: number; readonly isChecked: boolean },
): EndpointStatus['state'] {
  if (state !== 'enabled') return state
  if ((hindrances & hindrance.unhealthy) !== 0) return 'down'
  if ((hindrances & hindrance.ejected) !== 0) return 'ejected'
  if ((hindrances & hindrance.tripped) !== 0) return 'tripped'
  return isChecked ? 'up' : 'unchecked'
}
