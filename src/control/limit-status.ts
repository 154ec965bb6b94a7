import type { Clock } from '../kit/clock.ts'
import { createBucket, readBucket, ticksAt } from '../limit/gcra.ts'
import { inFlight } from '../slab/gauges.ts'
import type { Slab } from '../slab/slab.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { Configuration } from './configuration.ts'

/** What is left of a limit now. */
export interface LimitStatus {
  readonly target: string
  /** Requests that would be admitted at once; null: any, or each client has a bucket of its own. */
  readonly rateLeft: number | null
  /** Until all of the burst may be used again. */
  readonly fullInMs: number
  readonly inFlight: number
}

interface LimitStatusParts {
  readonly slab: Slab
  readonly configuration: Configuration
  readonly clock: Clock
}

/** All limits of a tenant that bound something; undefined for a tenant that is not in force. */
export function reportLimits(
  tenant: string,
  { slab, configuration, clock }: LimitStatusParts,
): LimitStatus[] | undefined {
  const placed = configuration.findPlaced(tenant)
  if (placed === undefined) return undefined
  const now = ticksAt(clock.monotonicUs())
  return openTenant(placed.sealed).limits.map(({ target, per, rate }, index) => {
    const slot = placed.slots.limits[index]
    const level = rate && per === undefined ? readBucket(slab.limits, slot, createBucket(rate), now) : undefined
    return {
      target,
      rateLeft: level?.left ?? null,
      fullInMs: Math.ceil((level?.fullInUs ?? 0) / 1_000),
      inFlight: inFlight(slab, slot),
    }
  })
}
