import { buildIpTable } from '../kit/ip-table.ts'
import { parseRange } from '../kit/ip.ts'
import type { IpRuleRow } from '../model/ip-rule.ts'
import type { IpRules, RangeRule } from './tenant-snapshot.ts'

/** Undefined where there is nothing to ask: the tenant then has no such phase. */
export function compileIpRules(rows: readonly IpRuleRow[]): IpRules | undefined {
  return buildIpRules(rows.filter(({ mode }) => mode === 'enforce').map(ruleOf))
}

/** All that would be enforced if those that shadow were as well; empty where none does. */
export function listShadowRules(rows: readonly IpRuleRow[]): readonly RangeRule[] {
  if (!rows.some(({ mode }) => mode === 'shadow')) return []
  return rows.filter(({ mode }) => mode !== 'off').map(ruleOf)
}

export function buildIpRules(given: readonly RangeRule[]): IpRules | undefined {
  const entries = given.flatMap((rule) => {
    const range = parseRange(rule.range)
    return range === undefined ? [] : [{ range, rule }]
  })
  if (entries.length === 0) return undefined
  // Of two entries with the same range the later one counts, and deny beats allow.
  const denyLast = entries.toSorted((a, b) => Number(b.rule.isAllowed) - Number(a.rule.isAllowed))
  return {
    table: buildIpTable(denyLast.map(({ range }, value) => ({ range, value }))),
    rules: denyLast.map(({ rule }) => rule),
    isAllowOnly: entries.some(({ rule }) => rule.isAllowed),
  }
}

function ruleOf({ range, action }: IpRuleRow): RangeRule {
  return { range, isAllowed: action === 'allow' }
}
