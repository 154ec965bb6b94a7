import { findInIpTable } from '../../kit/ip-table.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'
import { rejections } from '../rejections.ts'

/** The longest range that holds the client's address decides; with any allow rule, no range at all means denied. */
export function ipRulesPhase({ tenant }: PhasePlan): Phase | undefined {
  const rules = tenant.ipRules
  if (rules === undefined) return undefined
  return (exchange) => {
    const found = findInIpTable(rules.table, exchange.clientAddress)
    if (found < 0 ? !rules.isAllowOnly : rules.rules[found].isAllowed) return undefined
    exchange.rule = found < 0 ? 'ip-rule:allow-only' : `ip-rule:${rules.rules[found].range}`
    return rejections.addressDenied
  }
}
