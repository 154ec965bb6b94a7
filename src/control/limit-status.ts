import type { Clock } from '../kit/clock.ts'
import { renderQuota } from '../kit/quota.ts'
import { createBucket, fullInUs, leftInBucket, ticksAt } from '../limit/gcra.ts'
import { readQuota } from '../limit/quota.ts'
import { windowAt } from '../kit/window.ts'
import { inFlight } from '../slab/gauges.ts'
import { noTenantSlot } from '../slab/slots.ts'
import type { Slab } from '../slab/slab.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { LimitSnapshot, QuotaSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { Configuration } from './configuration.ts'

/** What is left of a limit now. */
export interface LimitStatus {
  readonly target: string
  /** Requests that would be admitted at once; null: any, or each client has a bucket of its own. */
  readonly rateLeft: number | null
  /** Until all of the burst may be used again. */
  readonly fullInMs: number
  readonly inFlight: number
  readonly quotas: readonly QuotaStatus[]
}

export interface QuotaStatus {
  /** `1000000/month` */
  readonly quota: string
  /** Requests, bytes or milliseconds. */
  readonly left: number
  /** Until the next window begins. */
  readonly renewedInMs: number
}

interface LimitStatusParts {
  readonly slab: Slab
  readonly configuration: Configuration
  readonly applier: { readonly global: Pick<GlobalSnapshot, 'limit'> }
  readonly clock: Clock
}

/** All limits of a tenant that bound something, and the one of all tenants; undefined for a tenant that is not in force. */
export function reportLimits(tenant: string, parts: LimitStatusParts): LimitStatus[] | undefined {
  const placed = parts.configuration.findPlaced(tenant)
  if (placed === undefined) return undefined
  const { limits, quotas } = placed.slots
  const own = openTenant(placed.sealed).limits.map((limit, index) =>
    reportLimit(limit, { slot: limits[index], quotas: quotas[index] }, parts),
  )
  const { limit } = parts.applier.global
  return limit === undefined ? own : [...own, reportLimit(limit, { slot: noTenantSlot, quotas: [] }, parts)]
}

function reportLimit(
  { target, per, rate, quotas }: LimitSnapshot,
  places: { readonly slot: number; readonly quotas: readonly number[] },
  { slab, clock }: LimitStatusParts,
): LimitStatus {
  const now = ticksAt(clock.monotonicUs())
  const isOne = rate !== undefined && per === undefined
  return {
    target,
    rateLeft: isOne ? leftInBucket(slab.limits, places.slot, createBucket(rate), now) : null,
    fullInMs: isOne ? Math.ceil(fullInUs(slab.limits, places.slot, now) / 1_000) : 0,
    inFlight: inFlight(slab, places.slot),
    quotas: quotas.map((quota, at) => reportQuota(slab, places.quotas[at], { quota, nowMs: clock.wallMs() })),
  }
}

function reportQuota(
  slab: Slab,
  index: number,
  { quota, nowMs }: { quota: QuotaSnapshot; nowMs: number },
): QuotaStatus {
  const { startMs, endMs } = windowAt(quota.period, quota.timeZone, nowMs)
  const seen = readQuota(slab.quotas, index)
  // An older window ended without anybody having come since.
  const used = seen.startMs < startMs ? 0 : seen.used / (quota.unit === 'endpoint-time' ? 1_000 : 1)
  return { quota: renderQuota(quota), left: Math.max(0, Math.floor(quota.amount - used)), renewedInMs: endMs - nowMs }
}
