import { levelOfTarget } from '../kit/field/limit-target.ts'
import { findLimitMisfit } from './limit-misfit.ts'
import type { LimitRow } from './limit.ts'
import type { PlanRow } from './plan.ts'

/** What a limit bounds; a rate has its burst with it. */
const bounds = ['rate', 'concurrency', 'bandwidthBytes', 'connectionBandwidthBytes', 'quotas', 'maxBodyBytes'] as const

type BoundName = (typeof bounds)[number]

/** A limit that is in force, and where each of its bounds comes from: `tenant`, `route`, `key`, `plan gold`. */
export interface PlannedLimit extends LimitRow {
  readonly from: Readonly<Record<BoundName, string>>
}

/** The targets that a plan has something to say of. */
const planned = ['tenant', 'tenant/client'] as const

/** A tenant's own limits, and what its plan says where they say nothing, each bound by itself. */
export function planLimits(tenantId: number, limits: readonly LimitRow[], plan: PlanRow | undefined): PlannedLimit[] {
  const own = limits.map((row): PlannedLimit => ({ ...row, from: allFrom(levelOfTarget(row.target)) }))
  if (!plan) return own
  const others = own.filter(({ target }) => !planned.some((one) => one === target))
  const merged = planned.map((target, index) => {
    // Not a row: its id is one that no row has, and the same at every revision.
    const id = -(tenantId * planned.length + index)
    const row = own.find((one) => one.target === target && one.mode !== 'off') ?? {
      ...createEmptyLimit(tenantId, target, 'tenant'),
      id,
    }
    return fillIn(row, target === 'tenant' ? plan : { rate: plan.clientRate, burst: plan.clientBurst }, plan.name)
  })
  return [...merged.filter((row) => findLimitMisfit(row) === undefined), ...others]
}

/** Bounds nothing; `level` is where its bounds come from once it has some. */
export function createEmptyLimit(tenantId: number, target: string, level: string): PlannedLimit {
  return {
    id: 0,
    tenantId,
    target,
    rate: undefined,
    burst: undefined,
    concurrency: undefined,
    bandwidthBytes: undefined,
    connectionBandwidthBytes: undefined,
    quotas: [],
    maxBodyBytes: undefined,
    onExceed: 'reject',
    mode: 'enforce',
    maxWaitMs: 1_000,
    from: allFrom(level),
  }
}

function allFrom(level: string): PlannedLimit['from'] {
  return {
    rate: level,
    concurrency: level,
    bandwidthBytes: level,
    connectionBandwidthBytes: level,
    quotas: level,
    maxBodyBytes: level,
  }
}

function fillIn(row: PlannedLimit, given: Partial<PlanRow>, planName: string): PlannedLimit {
  const taken = bounds.filter((bound) => !isSaid(row[bound]) && isSaid(given[bound]))
  const values = Object.fromEntries(taken.map((bound) => [bound, given[bound]]))
  const from = Object.fromEntries(taken.map((bound) => [bound, `plan ${planName}`]))
  const burst = taken.includes('rate') ? given.burst : row.burst
  return { ...row, ...values, burst, from: { ...row.from, ...from } }
}

function isSaid(value: PlannedLimit[BoundName]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}
