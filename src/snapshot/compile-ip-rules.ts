import { buildIpTable } from '../kit/ip-table.ts'
import { parseRange } from '../kit/ip.ts'
import type { IpRuleRow } from '../model/ip-rule.ts'
import type { IpRules } from './tenant-snapshot.ts'

/** Undefined where there is nothing to ask: the tenant then has no such phase. */
export function compileIpRules(rows: readonly IpRuleRow[]): IpRules | undefined {
  if (rows.length === 0) return undefined
  const entries = rows.flatMap(({ range: text, action }) => {
    const range = parseRange(text)
    return range === undefined ? [] : [{ range, text, isAllowed: action === 'allow' }]
  })
  // Of two entries with the same range the later one counts, and deny beats allow.
  const denyLast = entries.toSorted((a, b) => Number(b.isAllowed) - Number(a.isAllowed))
  return {
    table: buildIpTable(denyLast.map(({ range }, value) => ({ range, value }))),
    rules: denyLast.map(({ text, isAllowed }) => ({ range: text, isAllowed })),
    isAllowOnly: entries.some(({ isAllowed }) => isAllowed),
  }
}
