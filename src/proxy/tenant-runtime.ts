import type { KeyEntry, KeyTable } from '../auth/key.ts'
import { buildKeyTable } from '../auth/key.ts'
import type { Flow } from '../slab/fair-queue.ts'
import { serverSlot } from '../slab/slots.ts'
import { statsAt } from '../slab/stats.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { PlacedTenant, RouteSnapshot } from '../snapshot/tenant-snapshot.ts'
import { compilePhases } from './pipeline.ts'
import type { Phase } from './pipeline.ts'
import { createJudged, probeOf } from './breakers.ts'
import type { Judged } from './breakers.ts'
import { LateAfter } from './late-after.ts'
import { limitLockOf } from '../slab/limit-locks.ts'
import { buildLimit, createLimitSet } from './limit-runtime.ts'
import type { LimitRuntime, LimitSet } from './limit-runtime.ts'
import { buildPool, isPoolJudged } from './pool-runtime.ts'
import { buildSharedPool } from './shared-pool.ts'
import type { PoolRuntime } from './pool-runtime.ts'
import { compileRetryPolicy } from './retry.ts'
import type { RetryPolicy } from './retry.ts'
import type { MirrorRoute } from './mirror.ts'
import { compileRouteMatch } from './route-match.ts'
import type { RouteMatch } from './route-match.ts'
import { createSplit } from './split.ts'
import type { Split } from './split.ts'
import type { ThreadState } from './thread-state.ts'

/** What serves a tenant on one data thread: its snapshot made ready, with its live state. */
export interface TenantRuntime {
  readonly id: number
  readonly name: string
  readonly isSuspended: boolean
  readonly slot: number
  /** Where this thread counts for the tenant. */
  readonly statsAt: number
  /** Its part of the server's places. */
  readonly serverFlow: Flow
  /** By id of the key. */
  readonly keyLimits: ReadonlyMap<number, readonly LimitRuntime[]>
  /** It has a circuit breaker. */
  readonly judged: Judged | undefined
  readonly keys: KeyTable<KeyRuntime>
  /** Longest path first. */
  readonly routes: readonly RouteRuntime[]
  /** Shared ones included. */
  readonly pools: readonly PoolRuntime[]
  readonly usesShared: boolean
  /** Exchanges that still run on it. */
  pins: number
  isRetired: boolean
}

export interface KeyRuntime extends KeyEntry {
  readonly slot: number
  readonly statsAt: number
}

export interface RouteRuntime {
  readonly id: number
  readonly name: string
  readonly slot: number
  readonly statsAt: number
  readonly path: string
  readonly methods: readonly string[]
  /** What else it asks for; undefined: nothing. */
  readonly matches: RouteMatch | undefined
  readonly pool: PoolRuntime
  /** It goes to several: each request to one of these in its place. */
  readonly split: Split | undefined
  /** Gets copies of its requests. */
  readonly mirror: MirrorRoute | undefined
  readonly stripPrefix: boolean
  readonly isRaw: boolean
  readonly websocket: boolean
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
  /** 0: no bound. */
  readonly requestTimeoutMs: number
  readonly retry: RetryPolicy
  /** Its requests are hedged. */
  readonly lateAfter: LateAfter | undefined
  /** Of its tenant and of its own. */
  readonly limits: LimitSet
  /** With those of a key, by its id; filled as such keys are used. */
  readonly limitsOfKeys: Map<number, LimitSet>
  /** Its tenant, its pool or endpoints of it are. */
  readonly isJudged: boolean
  /** What a request of this route goes through, in order; what is not configured is not in it. */
  readonly phases: readonly Phase[]
  readonly phaseNames: readonly string[]
}

/**
 * Attaches live state to a snapshot. The runtime holds its endpoints until `closeRuntime`. What the one before has learnt of its routes
 * goes on: endpoints that are names come and go at any time.
 */
export function buildRuntime(thread: ThreadState, placed: PlacedTenant, before?: TenantRuntime): TenantRuntime {
  const { sealed, slots } = placed
  const snapshot = openTenant(sealed)
  const own = snapshot.pools.map((pool, index) => {
    const place = { ownerId: snapshot.id, tenantId: snapshot.id, slot: slots.pools[index] }
    return buildPool(thread, pool, { ...place, slots: slots.endpoints[index] })
  })
  const shared = snapshot.sharedPools.map((name, index) =>
    buildSharedPool(thread, name, { tenant: snapshot, slot: slots.flows[index] }),
  )
  const pools = [...own, ...shared]
  const poolOf = ({ isShared, pool }: Pick<RouteSnapshot, 'isShared' | 'pool'>) => (isShared ? shared : own)[pool]
  const judged = snapshot.breaker && createJudged(slots.tenant, probeOf.tenant, snapshot.breaker)
  const lock = limitLockOf(slots.tenant)
  const limits = snapshot.limits.map((limit, index) => {
    const cells = { slot: slots.limits[index], quotas: slots.quotas[index], lock }
    return { ...limit, runtime: buildLimit(limit, cells) }
  })
  const limitsAt = (level: string, targetId: number) =>
    limits.filter((limit) => limit.level === level && limit.targetId === targetId).map(({ runtime }) => runtime)
  const limitedKeys = limits.filter(({ level }) => level === 'key').map(({ targetId }) => targetId)
  const keyLimits = new Map(limitedKeys.map((id) => [id, limitsAt('key', id)]))
  const all = pools.map((pool) => pool.snapshot)
  const routes = snapshot.routes.map((route, index) => {
    const slot = slots.routes[index]
    const counted = {
      slot,
      statsAt: statsAt(thread.slab, thread.thread, slot),
      limits: createLimitSet([...limitsAt('tenant', 0), ...limitsAt('route', route.id)], lock),
      limitsOfKeys: new Map<number, LimitSet>(),
      mirror: route.mirror && { pool: poolOf(route.mirror), share: route.mirror.percent / 100, next: Math.random() },
    }
    const build = (pool: PoolRuntime) => ({
      ...buildRoute(route, pool, judged),
      ...counted,
      lateAfter: route.hedge ? (findLateAfter(before, route, pool) ?? new LateAfter()) : undefined,
      ...compilePhases({ tenant: snapshot, route, pool: pool.snapshot, pools: all }),
    })
    const parts = route.split?.parts.map((part) => ({ route: build(poolOf(part)), weight: part.weight })) ?? []
    const split = route.split === undefined ? undefined : createSplit(route.split, parts)
    return { ...build(poolOf(route)), split }
  })
  return {
    id: snapshot.id,
    name: snapshot.name,
    isSuspended: snapshot.isSuspended,
    slot: slots.tenant,
    statsAt: statsAt(thread.slab, thread.thread, slots.tenant),
    serverFlow: {
      slot: slots.share,
      poolSlot: serverSlot,
      weight: snapshot.weight,
      guarantee: snapshot.guarantee,
      places: 0,
    },
    keyLimits,
    judged,
    keys: buildKeyTable(snapshot.keys.map((key, index) => buildKey(thread, key, slots.keys[index]))),
    routes,
    pools,
    usesShared: shared.length > 0,
    pins: 0,
    isRetired: false,
  }
}

/** What of a route is the same for each of its pools, but for the pool. */
function buildRoute(route: RouteSnapshot, pool: PoolRuntime, judged: Judged | undefined) {
  return {
    id: route.id,
    name: route.name,
    path: route.path,
    methods: route.methods,
    matches: compileRouteMatch(route),
    pool,
    split: undefined,
    stripPrefix: route.stripPrefix,
    isRaw: route.pathMode === 'raw',
    websocket: route.websocket,
    timeoutMs: route.timeoutMs,
    idleTimeoutMs: route.idleTimeoutMs,
    requestTimeoutMs: route.requestTimeoutMs ?? 0,
    retry: compileRetryPolicy(route),
    isJudged: judged !== undefined || isPoolJudged(pool),
  }
}

/** Of the route as it went to that pool. */
function findLateAfter(before: TenantRuntime | undefined, { id }: RouteSnapshot, pool: PoolRuntime) {
  const route = before?.routes.find((candidate) => candidate.id === id)
  const ways = route?.split?.parts.map((part) => part.route) ?? [route]
  return ways.find((way) => way?.pool.id === pool.id)?.lateAfter
}

function buildKey({ slab, thread }: ThreadState, key: KeyEntry, slot: number): KeyRuntime {
  return { ...key, slot, statsAt: statsAt(slab, thread, slot) }
}

/** No new exchange gets it; its endpoints are given back when the last exchange has ended. */
export function retireRuntime(thread: ThreadState, runtime: TenantRuntime): void {
  runtime.isRetired = true
  if (runtime.pins === 0) closeRuntime(thread, runtime)
}

export function unpinRuntime(thread: ThreadState, runtime: TenantRuntime): void {
  runtime.pins -= 1
  if (runtime.isRetired && runtime.pins === 0) closeRuntime(thread, runtime)
}

function closeRuntime(thread: ThreadState, runtime: TenantRuntime): void {
  for (const pool of runtime.pools) {
    for (const { snapshot, connectTimeoutMs } of pool.endpoints) {
      thread.endpoints.release(snapshot, { tenantId: runtime.id, connectTimeoutMs })
    }
  }
}
