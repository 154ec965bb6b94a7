import { levelOfTarget } from '../kit/field/limit-target.ts'
import { findLimitMisfit } from './limit-misfit.ts'
import type { LimitRow } from './limit.ts'
import type { PlanRow } from './plan.ts'

/** A limit that is in force, and where its bounds come from: `tenant`, `route`, `key`, `plan gold`. */
export interface PlannedLimit extends LimitRow {
  readonly rateFrom: string
  readonly concurrencyFrom: string
  readonly quotasFrom: string
}

/** The targets that a plan has something to say of. */
const planned = ['tenant', 'tenant/client'] as const

/** A tenant's own limits, and what its plan says where they say nothing: a rate with its burst, a concurrency, and quotas. */
export function planLimits(tenantId: number, limits: readonly LimitRow[], plan: PlanRow | undefined): PlannedLimit[] {
  const own = limits.map((row): PlannedLimit => {
    const from = levelOfTarget(row.target)
    return { ...row, rateFrom: from, concurrencyFrom: from, quotasFrom: from }
  })
  if (!plan) return own
  const others = own.filter(({ target }) => !planned.some((one) => one === target))
  const merged = planned.map((target, index) => {
    const row = own.find((one) => one.target === target) ?? createEmpty(tenantId, target, index)
    return fillIn(row, target === 'tenant' ? plan : { rate: plan.clientRate, burst: plan.clientBurst }, plan.name)
  })
  return [...merged.filter((row) => findLimitMisfit(row) === undefined), ...others]
}

/** Not a row: its id is one that no row has, and the same at every revision. */
function createEmpty(tenantId: number, target: string, index: number): PlannedLimit {
  const nothing = { rate: undefined, burst: undefined, concurrency: undefined, bandwidthBytes: undefined, quotas: [] }
  const id = -(tenantId * planned.length + index)
  return {
    id,
    tenantId,
    target,
    ...nothing,
    onExceed: 'reject',
    maxWaitMs: 1_000,
    rateFrom: 'tenant',
    concurrencyFrom: 'tenant',
    quotasFrom: 'tenant',
  }
}

function fillIn(row: PlannedLimit, given: Partial<PlanRow>, planName: string): PlannedLimit {
  const from = `plan ${planName}`
  const hasRate = row.rate !== undefined || given.rate === undefined
  const hasConcurrency = row.concurrency !== undefined || given.concurrency === undefined
  const hasQuotas = row.quotas.length > 0 || given.quotas === undefined || given.quotas.length === 0
  return {
    ...row,
    ...(hasRate ? {} : { rate: given.rate, burst: given.burst, rateFrom: from }),
    ...(hasConcurrency ? {} : { concurrency: given.concurrency, concurrencyFrom: from }),
    ...(hasQuotas ? {} : { quotas: given.quotas, quotasFrom: from }),
  }
}
