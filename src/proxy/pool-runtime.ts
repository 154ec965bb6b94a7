import { randomInt } from 'node:crypto'
import type { Balancer, MayUse } from '../balance/algorithm.ts'
import { Candidates } from '../balance/candidates.ts'
import type { Flow } from '../slab/fair-queue.ts'
import { inFlightColumns } from '../slab/gauges.ts'
import { hinder, hindrance, unhinder } from '../slab/hindrances.ts'
import { readLatency } from '../slab/latency.ts'
import { statsAt } from '../slab/stats.ts'
import { comparesEndpoints } from '../snapshot/compares-endpoints.ts'
import { openWeight } from '../snapshot/open-weight.ts'
import type { EndpointSnapshot, PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { Endpoint } from '../upstream/endpoint.ts'
import type { Member } from './choose-members.ts'
import { createJudged, probeOf } from './breakers.ts'
import type { Judged } from './breakers.ts'
import { findAlgorithm } from './find-algorithm.ts'
import { RetryBudget } from './retry-budget.ts'
import { SlowStart } from './slow-start.ts'
import type { ThreadState } from './thread-state.ts'
import { UsableEndpoints } from './usable-endpoints.ts'

export interface PoolRuntime {
  readonly id: number
  readonly snapshot: PoolSnapshot
  readonly slot: number
  readonly endpoints: readonly EndpointRuntime[]
  /** The same, as its balancer sees them. */
  readonly candidates: Candidates
  readonly balancer: Balancer
  readonly usable: UsableEndpoints
  /** Who may be used and has room for one more request. */
  readonly mayTake: MayUse
  /** Whether that endpoint has. */
  readonly hasRoom: MayUse
  /** The pool or an endpoint takes so many requests at once and no more. */
  readonly isBounded: boolean
  /** 0: any number. */
  readonly maxInFlight: number
  readonly isAdaptive: boolean
  readonly queue: number
  readonly queueTimeoutMs: number
  /** Whose requests these are, where several tenants share the pool. */
  readonly flow: Flow | undefined
  readonly slowStart: SlowStart | undefined
  /** Its balancer asks how long endpoints take to answer. */
  readonly isTimed: boolean
  readonly retryBudget: RetryBudget
  /** It has a circuit breaker. */
  readonly judged: Judged | undefined
  /** Failures in a row that eject an endpoint; 0: none do. */
  readonly ejectAfter: number
  /** How long a client is pinned to its endpoint by a cookie; 0: it is not. */
  readonly stickyAgeMs: number
}

export interface EndpointRuntime {
  readonly snapshot: EndpointSnapshot
  readonly connectTimeoutMs: number
  readonly endpoint: Endpoint
  readonly slot: number
  readonly statsAt: number
  /** It has a circuit breaker, or is compared with the others. */
  readonly judged: Judged | undefined
}

export interface PoolPlace {
  /** Whose pool it is. */
  readonly ownerId: number
  /** Whose requests it serves. */
  readonly tenantId: number
  readonly slot: number
  /** Of its endpoints. */
  readonly slots: readonly number[]
  readonly flow?: Flow | undefined
}

export function isPoolJudged({ judged, endpoints }: PoolRuntime): boolean {
  return judged !== undefined || endpoints.some((endpoint) => endpoint.judged !== undefined)
}

/** Attaches live state to a pool; its endpoints are held until the tenant's runtime is closed. */
export function buildPool(thread: ThreadState, pool: PoolSnapshot, place: PoolPlace): PoolRuntime {
  const endpoints = pool.endpoints.map((endpoint, index) =>
    buildEndpoint(thread, endpoint, { slot: place.slots[index], pool, tenantId: place.tenantId }),
  )
  const algorithm = findAlgorithm(pool)
  const candidates = createCandidates(thread, endpoints)
  const balancer = algorithm.create(candidates, {
    seed: randomInt(2 ** 32),
    loadFactor: pool.hashLoadPercent && pool.hashLoadPercent / 100,
  })
  const usable = createUsable(thread, pool, place)
  const hasFull = pool.endpoints.some(({ maxConnections }) => maxConnections > 0)
  const hasRoom = (index: number) => {
    const { maxConnections } = pool.endpoints[index]
    return maxConnections === 0 || candidates.inFlight(index) < maxConnections
  }
  return {
    id: pool.id,
    snapshot: pool,
    slot: place.slot,
    endpoints,
    candidates,
    balancer,
    usable,
    mayTake: hasFull ? (index) => usable.mayUse(index) && hasRoom(index) : usable.mayUse,
    hasRoom,
    isBounded: hasFull || pool.maxInFlight > 0 || pool.adaptive,
    maxInFlight: pool.maxInFlight,
    isAdaptive: pool.adaptive,
    queue: pool.queue,
    queueTimeoutMs: pool.queueTimeoutMs,
    flow: place.flow,
    slowStart: createSlowStart(thread, pool, place),
    isTimed: algorithm.isTimed ?? false,
    retryBudget: new RetryBudget(thread, { slot: place.slot, percent: pool.retryBudgetPercent }),
    judged: pool.breaker && createJudged(place.slot, probeOf.pool, pool.breaker),
    ejectAfter: pool.ejectAfter,
    stickyAgeMs: pool.sticky === 'cookie' ? pool.stickyAgeMs : 0,
  }
}

function createCandidates({ slab, clock }: ThreadState, endpoints: readonly EndpointRuntime[]): Candidates {
  return new Candidates({
    names: endpoints.map(({ snapshot }) => snapshot.url),
    weights: endpoints.map(({ snapshot }) => openWeight(snapshot)),
    slots: endpoints.map(({ slot }) => slot),
    inFlight: inFlightColumns(slab),
    latencyUs: (index) => readLatency(slab, endpoints[index].slot, clock.monotonicUs()),
  })
}

function createUsable(thread: ThreadState, pool: PoolSnapshot, { ownerId, slot, slots }: PoolPlace): UsableEndpoints {
  const { slab, clock, tell } = thread
  return new UsableEndpoints({
    slab,
    slots,
    rules: pool,
    membersIn: (zone) => pool.endpoints.map((endpoint) => createMember(endpoint, zone)),
    zone: () => thread.global.zone,
    onPanic: (isPanic) => {
      const isFirst = isPanic
        ? hinder(slab, slot, hindrance.panicking)
        : unhinder(slab, slot, hindrance.panicking, clock.monotonicUs())
      if (!isFirst) return
      const kind = isPanic ? 'panic_began' : 'panic_ended'
      const reason = `${isPanic ? 'less than' : 'no less than'} ${pool.panicBelowPercent}% of its endpoints are healthy`
      tell({ timeMs: clock.wallMs(), kind, tenantId: ownerId, poolId: pool.id, endpointId: 0, reason })
    },
  })
}

/** Backups come behind every priority. */
const backupGroups = 16

function createMember(endpoint: EndpointSnapshot, zone: string | undefined): Member {
  return {
    isOpen: openWeight(endpoint) > 0,
    isDraining: endpoint.state === 'draining' && endpoint.weight > 0,
    group: endpoint.priority + (endpoint.backup ? backupGroups : 0),
    isLocal: zone === undefined || endpoint.zone === zone,
  }
}

function createSlowStart({ slab, clock }: ThreadState, pool: PoolSnapshot, { slots }: PoolPlace) {
  if (pool.slowStartMs === 0) return undefined
  return new SlowStart({ slab, clock, slots, weights: pool.endpoints.map(openWeight), durationMs: pool.slowStartMs })
}

function buildEndpoint(
  thread: ThreadState,
  snapshot: EndpointSnapshot,
  { slot, pool, tenantId }: { readonly slot: number; readonly pool: PoolSnapshot; readonly tenantId: number },
): EndpointRuntime {
  const { connectTimeoutMs, endpointBreaker } = pool
  const isJudged = endpointBreaker !== undefined || comparesEndpoints(pool)
  return {
    snapshot,
    connectTimeoutMs,
    endpoint: thread.endpoints.acquire(snapshot, { tenantId, connectTimeoutMs }),
    slot,
    statsAt: statsAt(thread.slab, thread.thread, slot),
    judged: isJudged ? createJudged(slot, probeOf.endpoint, endpointBreaker) : undefined,
  }
}
