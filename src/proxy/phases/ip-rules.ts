import { findInIpTable } from '../../kit/ip-table.ts'
import { buildIpRules } from '../../snapshot/compile-ip-rules.ts'
import type { IpRules } from '../../snapshot/tenant-snapshot.ts'
import { noteShadow } from '../limits.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'
import { rejections } from '../rejections.ts'

/** The longest range that holds the client's address decides; with any allow rule, no range at all means denied. */
export function ipRulesPhase({ tenant: { ipRules: rules, shadowIpRules } }: PhasePlan): Phase | undefined {
  const shadow = buildIpRules(shadowIpRules)
  if (rules === undefined && shadow === undefined) return undefined
  return (exchange) => {
    const denial = rules && findDenial(rules, exchange.clientAddress)
    if (denial !== undefined) {
      exchange.rule = denial
      return rejections.addressDenied
    }
    const shadowed = shadow && findDenial(shadow, exchange.clientAddress)
    if (shadowed !== undefined) noteShadow(exchange, shadowed)
    return undefined
  }
}

/** The rule that denies; undefined: none does. */
function findDenial({ table, rules, isAllowOnly }: IpRules, address: string): string | undefined {
  const found = findInIpTable(table, address)
  if (found < 0) return isAllowOnly ? 'ip-rule:allow-only' : undefined
  return rules[found].isAllowed ? undefined : `ip-rule:${rules[found].range}`
}
