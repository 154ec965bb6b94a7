import { outcomesSince, readOutcomes } from '../slab/outcomes.ts'
import type { Outcomes } from '../slab/outcomes.ts'
import type { Slab } from '../slab/slab.ts'
import type { Suspicion } from '../slab/suspicion.ts'
import { comparesEndpoints, fewestCompared } from '../snapshot/compares-endpoints.ts'
import type { PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { PlacedTenant, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { TenantWatcher } from './configuration.ts'
import { findOutliers } from './find-outliers.ts'

export interface OutliersParts {
  readonly slab: Slab
  /** Takes the endpoint out, if its pool can do without it. */
  readonly eject: (suspicion: Suspicion) => void
}

interface Compared {
  readonly poolId: number
  readonly endpointIds: readonly number[]
  readonly slots: readonly number[]
  readonly minRequests: number
  readonly deviation: number
  /** At the last look, by slot. */
  before: ReadonlyMap<number, Outcomes>
}

/** Over how long endpoints are compared. */
const comparedMs = 10_000

/** Compares the endpoints of each pool that is large enough, and has those ejected that succeed much less often than the others. */
export class Outliers implements TenantWatcher {
  readonly #parts: OutliersParts
  readonly #ofTenant = new Map<number, readonly Compared[]>()
  #timer: NodeJS.Timeout | undefined

  constructor(parts: OutliersParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), comparedMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** What was counted since the last look goes on counting. */
  update({ slots }: PlacedTenant, { id, pools }: TenantSnapshot): void {
    const before = new Map((this.#ofTenant.get(id) ?? []).flatMap((compared) => [...compared.before]))
    const all = pools.flatMap((pool, index) =>
      comparesEndpoints(pool) ? [this.#compare(pool, slots.endpoints[index], before)] : [],
    )
    if (all.length === 0) this.#ofTenant.delete(id)
    else this.#ofTenant.set(id, all)
  }

  remove(tenantId: number): void {
    this.#ofTenant.delete(tenantId)
  }

  look(): void {
    for (const [tenantId, all] of this.#ofTenant) for (const compared of all) this.#lookAt(tenantId, compared)
  }

  #compare(pool: PoolSnapshot, slots: readonly number[], before: ReadonlyMap<number, Outcomes>): Compared {
    return {
      poolId: pool.id,
      endpointIds: pool.endpoints.map(({ id }) => id),
      slots,
      minRequests: pool.ejectMinRequests,
      deviation: pool.ejectDeviationPercent / 100,
      before: new Map(slots.map((slot) => [slot, before.get(slot) ?? readOutcomes(this.#parts.slab, slot)])),
    }
  }

  #lookAt(tenantId: number, compared: Compared): void {
    const { poolId, endpointIds, slots, before } = compared
    const now = new Map(slots.map((slot) => [slot, readOutcomes(this.#parts.slab, slot)]))
    const samples = slots.map((slot) => outcomesSince(now.get(slot)!, before.get(slot)!))
    compared.before = now
    for (const { index, reason } of findOutliers(samples, { ...compared, fewest: fewestCompared })) {
      this.#parts.eject({ tenantId, poolId, endpointId: endpointIds[index], reason, retryAfterMs: 0 })
    }
  }
}
