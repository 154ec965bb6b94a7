import type { SlotAllocator } from '../slab/slots.ts'
import type { PlacedTenant, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'

/** Gives every counted thing of a tenant its slot in the slab; what had one keeps it. Throws UserError when none is left. */
export function placeTenant(snapshot: TenantSnapshot, allocator: SlotAllocator): PlacedTenant {
  const slots = {
    tenant: allocator.take(tenantKey(snapshot)),
    routes: snapshot.routes.map((route) => allocator.take(routeKey(route))),
    endpoints: snapshot.pools.map((pool) => pool.endpoints.map((endpoint) => allocator.take(endpointKey(endpoint)))),
  }
  return { snapshot, slots }
}

/** Retires the slots that `before` held and `after` does not. */
export function retireSlots(before: TenantSnapshot, after: TenantSnapshot | undefined, allocator: SlotAllocator): void {
  const kept = new Set(after === undefined ? [] : slotOwners(after))
  for (const owner of slotOwners(before)) if (!kept.has(owner)) allocator.retire(owner)
}

function slotOwners(snapshot: TenantSnapshot): string[] {
  return [
    tenantKey(snapshot),
    ...snapshot.routes.map(routeKey),
    ...snapshot.pools.flatMap((pool) => pool.endpoints.map(endpointKey)),
  ]
}

type Identified = { readonly id: number }
const tenantKey = ({ id }: Identified) => `tenant:${id}`
const routeKey = ({ id }: Identified) => `route:${id}`
const endpointKey = ({ id }: Identified) => `endpoint:${id}`
