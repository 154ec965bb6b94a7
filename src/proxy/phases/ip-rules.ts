import { findInIpTable } from '../../kit/ip-table.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'
import { rejections } from '../rejections.ts'

const denied = 0

/** The longest range that holds the client's address decides; with any allow rule, no range at all means denied. */
export function ipRulesPhase({ tenant }: PhasePlan): Phase | undefined {
  const rules = tenant.ipRules
  if (rules === undefined) return undefined
  return (exchange) => {
    const verdict = findInIpTable(rules.table, exchange.clientAddress)
    if (verdict === denied || (verdict < 0 && rules.isAllowOnly)) return rejections.addressDenied
    return undefined
  }
}
