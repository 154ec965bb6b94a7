import { sharedOwner } from '../kit/field/pool-reference.ts'
import { inFlight } from '../slab/gauges.ts'
import { countQueued } from '../slab/pool-queue.ts'
import type { Slab } from '../slab/slab.ts'
import type { PlacedTenant, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { TenantWatcher } from './configuration.ts'

/** What a tenant has of a shared pool now. */
export interface ShareStatus {
  readonly tenant: string
  readonly weight: number
  readonly guarantee: number
  readonly inFlight: number
  readonly waiting: number
}

interface Sharer extends Pick<TenantSnapshot, 'name' | 'weight' | 'guarantee'> {
  /** By name of the pool: where its part is counted. */
  readonly slots: ReadonlyMap<string, number>
}

/** Shares that are told of one pool: those with the most under way. */
const mostTold = 100

/** Knows who shares pools, so that nobody has to open every tenant to find out. */
export class Sharers implements TenantWatcher {
  readonly #sharers = new Map<number, Sharer>()

  update({ slots }: PlacedTenant, { id, name, weight, guarantee, sharedPools }: TenantSnapshot): void {
    if (sharedPools.length === 0) return this.remove(id)
    const bySlot = new Map(sharedPools.map((pool, index) => [pool, slots.flows[index]]))
    this.#sharers.set(id, { name, weight, guarantee, slots: bySlot })
  }

  remove(tenantId: number): void {
    this.#sharers.delete(tenantId)
  }

  /** Who has requests under way in that pool or waits for it; undefined for a pool that nobody shares. */
  report({ tenant, pool }: { readonly tenant: string; readonly pool: string }, slab: Slab): ShareStatus[] | undefined {
    if (tenant !== sharedOwner) return undefined
    return [...this.#sharers.values()]
      .flatMap(({ name, weight, guarantee, slots }) => {
        const slot = slots.get(pool)
        if (slot === undefined) return []
        const counts = { inFlight: inFlight(slab, slot), waiting: countQueued(slab, slot) }
        return counts.inFlight + counts.waiting === 0 ? [] : { tenant: name, weight, guarantee, ...counts }
      })
      .toSorted((a, b) => b.inFlight - a.inFlight || b.waiting - a.waiting)
      .slice(0, mostTold)
  }
}
