import { quotaKey } from '../kit/quota.ts'
import type { SlotAllocator } from '../slab/slots.ts'
import { openWeight } from '../snapshot/open-weight.ts'
import type { PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { TenantSlots, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'

/** Where quotas lie, by name; see limit/quota-file.ts. */
export interface QuotaPlaces {
  take(name: string): number
}

export interface Places {
  readonly allocator: SlotAllocator
  readonly quotas: QuotaPlaces
}

/** Gives every counted thing of a tenant its slot in the slab; what had one keeps it. Throws UserError when none is left. */
export function placeTenant(snapshot: TenantSnapshot, { allocator, quotas }: Places): TenantSlots {
  return {
    tenant: allocator.take(tenantKey(snapshot)),
    share: allocator.take(shareKey(snapshot)),
    routes: snapshot.routes.map((route) => allocator.take(routeKey(route))),
    pools: snapshot.pools.map((pool) => allocator.take(poolKey(pool))),
    keys: snapshot.keys.map((key) => allocator.take(keyOfKey(key))),
    limits: snapshot.limits.map((limit) => allocator.take(limitKey(limit))),
    flows: snapshot.sharedPools.map((pool) => allocator.take(flowKey(snapshot, pool))),
    quotas: placeQuotas(snapshot, quotas),
    endpoints: snapshot.pools.map((pool) => pool.endpoints.map((endpoint) => allocator.take(endpointKey(endpoint)))),
  }
}

/** By name and not by id: a limit or a key that is removed and added anew has used what it has used. */
function placeQuotas({ id, limits }: TenantSnapshot, places: QuotaPlaces): number[][] {
  if (limits.every(({ quotas }) => quotas.length === 0)) return []
  return limits.map(({ target, quotas }) => quotas.map((quota) => places.take(`${id}/${target}/${quotaKey(quota)}`)))
}

/**
 * Slots of endpoints that are given requests now and were not before, in pools that others serve already: new ones and those
 * that were enabled again.
 */
export function findArrivals(before: TenantSnapshot, after: TenantSnapshot, slots: TenantSlots): number[] {
  const poolsBefore = new Map(before.pools.map((pool) => [pool.id, openIds(pool)]))
  return after.pools.flatMap((pool, index) => {
    const served = poolsBefore.get(pool.id)
    if (served === undefined || served.size === 0) return []
    const open = openIds(pool)
    const arrived = pool.endpoints.map(({ id }) => open.has(id) && !served.has(id))
    return slots.endpoints[index].filter((_, at) => arrived[at])
  })
}

function openIds({ endpoints }: PoolSnapshot): ReadonlySet<number> {
  return new Set(endpoints.filter((endpoint) => openWeight(endpoint) > 0).map(({ id }) => id))
}

/** Retires the slots that `before` held and `after` does not. */
export function retireSlots(before: TenantSnapshot, after: TenantSnapshot | undefined, allocator: SlotAllocator): void {
  const kept = new Set(after === undefined ? [] : slotOwners(after))
  for (const owner of slotOwners(before)) if (!kept.has(owner)) allocator.retire(owner)
}

function slotOwners(snapshot: TenantSnapshot): string[] {
  return [
    tenantKey(snapshot),
    shareKey(snapshot),
    ...snapshot.routes.map(routeKey),
    ...snapshot.pools.map(poolKey),
    ...snapshot.keys.map(keyOfKey),
    ...snapshot.limits.map(limitKey),
    ...snapshot.sharedPools.map((pool) => flowKey(snapshot, pool)),
    ...snapshot.pools.flatMap((pool) => pool.endpoints.map(endpointKey)),
  ]
}

type Identified = { readonly id: number }
const tenantKey = ({ id }: Identified) => `tenant:${id}`
const shareKey = ({ id }: Identified) => `share:${id}`
const routeKey = ({ id }: Identified) => `route:${id}`
const poolKey = ({ id }: Identified) => `pool:${id}`
const keyOfKey = ({ id }: Identified) => `key:${id}`
const limitKey = ({ id }: Identified) => `limit:${id}`
const flowKey = ({ id }: Identified, pool: string) => `flow:${id}/${pool}`
const endpointKey = ({ id }: Identified) => `endpoint:${id}`
