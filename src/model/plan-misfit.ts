import { findTwiceBounded } from './limit-misfit.ts'
import { plan } from './plan.ts'
import type { PlanRow } from './plan.ts'
import type { Misfit } from './misfit.ts'

/** The first thing that does not go together in a plan. */
export function findPlanMisfit({
  rate,
  burst,
  clientRate,
  clientBurst,
  quotas = [],
}: Partial<PlanRow>): Misfit | undefined {
  const { fields } = plan
  if (rate === undefined && burst !== undefined) return needsRate(fields.burst.column, 'burst', '--rate')
  const twice = findTwiceBounded(quotas)
  if (twice !== undefined) return { field: fields.quotas.column, ...twice }
  if (clientRate !== undefined || clientBurst === undefined) return undefined
  return needsRate(fields.clientBurst.column, 'client burst', '--client-rate')
}

function needsRate(field: string, label: string, flag: string): Misfit {
  return { field, message: `the ${label} needs a rate`, hint: `Say it with '${flag} 100/s', or take the burst away.` }
}
