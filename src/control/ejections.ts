import type { Clock } from '../kit/clock.ts'
import { renderDuration } from '../kit/units.ts'
import { forgetFailures } from '../slab/failures.ts'
import { hinder, hindrance, unhinder } from '../slab/hindrances.ts'
import type { PoolEvent } from '../slab/pool-event.ts'
import type { Slab } from '../slab/slab.ts'
import type { Suspicion } from '../slab/suspicion.ts'
import { comparesEndpoints } from '../snapshot/compares-endpoints.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { PlacedTenant, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { Configuration, TenantWatcher } from './configuration.ts'

export interface EjectionsParts {
  readonly slab: Slab
  readonly clock: Clock
  readonly configuration: Configuration
  readonly tell: (event: PoolEvent) => void
}

/** What is kept of an endpoint that was ejected. */
interface Ejection {
  readonly tenantId: number
  readonly poolId: number
  readonly endpointId: number
  readonly slot: number
  /** Ejections in a row: each lasts twice as long as the one before. */
  readonly count: number
  readonly reason: string
  readonly sinceMs: number
  returnedUs: number
  /** Undefined while it serves. */
  timer: NodeJS.Timeout | undefined
}

/** Takes endpoints out that fail request after request, for a time, and never more than half of a pool. */
export class Ejections implements TenantWatcher {
  readonly #parts: EjectionsParts
  readonly #byEndpoint = new Map<number, Ejection>()

  constructor(parts: EjectionsParts) {
    this.#parts = parts
  }

  close(): void {
    for (const { timer } of this.#byEndpoint.values()) clearTimeout(timer)
    this.#byEndpoint.clear()
  }

  /** Why and since when an endpoint is out; undefined for one that serves. */
  find(endpointId: number): { readonly reason: string; readonly sinceMs: number } | undefined {
    const ejection = this.#byEndpoint.get(endpointId)
    return ejection?.timer === undefined ? undefined : ejection
  }

  suspect(suspicion: Suspicion): void {
    const { configuration, slab } = this.#parts
    const placed = configuration.placed.get(suspicion.tenantId)
    const found = placed && findPlace(placed, suspicion)
    if (found === undefined || this.find(suspicion.endpointId) !== undefined) return
    // Failures go on being counted: who may not be ejected now is told of again.
    if (this.#countOut(found.pool) + 1 > found.pool.endpoints.length / 2) return
    if (hinder(slab, found.slot, hindrance.ejected)) this.#eject(suspicion, found)
  }

  /** Endpoints that the tenant has no more, or ejects no more, are free. */
  update(_placed: PlacedTenant, { id: tenantId, pools }: TenantSnapshot): void {
    if (this.#byEndpoint.size === 0) return
    const ejecting = pools.filter((pool) => pool.ejectAfter > 0 || comparesEndpoints(pool))
    const kept = new Set(ejecting.flatMap(({ endpoints }) => endpoints.map(({ id }) => id)))
    this.#free(tenantId, (endpointId) => !kept.has(endpointId))
  }

  remove(tenantId: number): void {
    this.#free(tenantId, () => true)
  }

  #eject({ tenantId, poolId, endpointId, reason, retryAfterMs }: Suspicion, { pool, slot }: Place): void {
    const { clock } = this.#parts
    const before = this.#byEndpoint.get(endpointId)
    const count = 1 + (before === undefined ? 0 : countLeft(before, { pool, nowUs: clock.monotonicUs() }))
    const longestMs = Math.max(pool.ejectTimeMs, pool.ejectMaxTimeMs)
    const ms = Math.min(longestMs, Math.max(pool.ejectTimeMs * 2 ** Math.min(count - 1, 30), retryAfterMs))
    const sinceMs = clock.wallMs()
    const ejection: Ejection = {
      tenantId,
      poolId,
      endpointId,
      slot,
      count,
      reason,
      sinceMs,
      returnedUs: 0,
      timer: undefined,
    }
    ejection.timer = setTimeout(() => this.#returnOne(ejection), ms)
    this.#byEndpoint.set(endpointId, ejection)
    this.#tell(ejection, 'endpoint_ejected', `${reason}; out for ${renderDuration(ms)}`)
  }

  #returnOne(ejection: Ejection): void {
    this.#lift(ejection)
    this.#tell(ejection, 'endpoint_returned', 'its time is over; the next failures in a row eject it for longer')
  }

  #lift(ejection: Ejection): void {
    const { slab, clock } = this.#parts
    clearTimeout(ejection.timer)
    ejection.timer = undefined
    ejection.returnedUs = clock.monotonicUs()
    forgetFailures(slab, ejection.slot)
    unhinder(slab, ejection.slot, hindrance.ejected, ejection.returnedUs)
  }

  #free(tenantId: number, isGone: (endpointId: number) => boolean): void {
    for (const [endpointId, ejection] of this.#byEndpoint) {
      if (ejection.tenantId !== tenantId || !isGone(endpointId)) continue
      this.#byEndpoint.delete(endpointId)
      if (ejection.timer !== undefined) this.#lift(ejection)
    }
  }

  #countOut({ endpoints }: PoolSnapshot): number {
    return endpoints.filter(({ id }) => this.find(id) !== undefined).length
  }

  #tell({ tenantId, poolId, endpointId }: Ejection, kind: PoolEvent['kind'], reason: string): void {
    this.#parts.tell({ timeMs: this.#parts.clock.wallMs(), kind, tenantId, poolId, endpointId, reason })
  }
}

interface Place {
  readonly pool: PoolSnapshot
  readonly slot: number
}

function findPlace({ sealed, slots }: PlacedTenant, { poolId, endpointId }: Suspicion): Place | undefined {
  const { pools } = openTenant(sealed)
  const at = pools.findIndex(({ id }) => id === poolId)
  const index = pools[at]?.endpoints.findIndex(({ id }) => id === endpointId) ?? -1
  return index === -1 ? undefined : { pool: pools[at], slot: slots.endpoints[at][index] }
}

/** Of ejections in a row, those that still count: for each time that it has served as long as an ejection lasts at least, one less. */
function countLeft(
  { count, returnedUs }: Ejection,
  { pool, nowUs }: { readonly pool: PoolSnapshot; readonly nowUs: number },
): number {
  return Math.max(0, count - Math.floor((nowUs - returnedUs) / (pool.ejectTimeMs * 1_000)))
}
