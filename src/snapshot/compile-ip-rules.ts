import { buildIpTable } from '../kit/ip-table.ts'
import { parseRange } from '../kit/ip.ts'
import type { IpRuleRow } from '../model/ip-rule.ts'
import type { IpRules } from './tenant-snapshot.ts'

const deny = 0
const allow = 1

/** Undefined where there is nothing to ask: the tenant then has no such phase. */
export function compileIpRules(rows: readonly IpRuleRow[]): IpRules | undefined {
  if (rows.length === 0) return undefined
  const entries = rows.flatMap(({ range: text, action }) => {
    const range = parseRange(text)
    return range === undefined ? [] : [{ range, value: action === 'allow' ? allow : deny }]
  })
  // Of two entries with the same range the later one counts, and deny beats allow.
  const denyLast = entries.toSorted((a, b) => b.value - a.value)
  return { table: buildIpTable(denyLast), isAllowOnly: entries.some(({ value }) => value === allow) }
}
