import { openTenant } from '../snapshot/sealed-tenant.ts'
import { poolThatIsGone } from '../snapshot/pool-that-is-gone.ts'
import type { PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import { buildPool } from './pool-runtime.ts'
import type { PoolRuntime } from './pool-runtime.ts'
import type { ThreadState } from './thread-state.ts'

/** Whose part of a shared pool it is, and where that is counted. */
export interface Share {
  readonly tenant: Pick<TenantSnapshot, 'id' | 'weight' | 'guarantee'>
  readonly slot: number
}

/** A tenant's part of a pool of `shared`: places, endpoints and what is known of them are everybody's, connections its own. */
export function buildSharedPool(thread: ThreadState, name: string, { tenant, slot }: Share): PoolRuntime {
  const placed = thread.tenants.shared?.placed
  const pools = placed === undefined ? [] : openTenant(placed.sealed).pools
  const index = pools.findIndex((pool) => pool.name === name)
  const ids = { ownerId: placed?.sealed.id ?? tenant.id, tenantId: tenant.id }
  if (placed === undefined || index === -1) {
    return buildPool(thread, poolThatIsGone(name), { ...ids, slot, slots: [] })
  }
  const { slots } = placed
  const { weight, guarantee } = tenant
  const flow = { slot, poolSlot: slots.pools[index], weight, guarantee, places: placesOf(pools[index]) }
  return buildPool(thread, pools[index], { ...ids, slot: flow.poolSlot, slots: slots.endpoints[index], flow })
}

/** As many as the pool takes at once, or its endpoints together. */
function placesOf({ maxInFlight, endpoints }: PoolSnapshot): number {
  return maxInFlight > 0 ? maxInFlight : endpoints.reduce((sum, { maxConnections }) => sum + maxConnections, 0)
}
