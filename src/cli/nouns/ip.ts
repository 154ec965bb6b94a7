import { buildIpTable, findInIpTable } from '../../kit/ip-table.ts'
import { parseAddress, parseRange, renderAddress } from '../../kit/ip.ts'
import { UserError } from '../../kit/user-error.ts'
import type { IpRuleRow } from '../../model/ip-rule.ts'
import { ipRule as entity } from '../../model/ip-rule.ts'
import { tenant } from '../../model/tenant.ts'
import { textFlag } from '../call.ts'
import { readConfiguration } from '../change.ts'
import type { Command } from '../command.ts'
import { createAddCommand } from '../noun-commands/add.ts'
import { tenantFlag } from '../noun-commands/address.ts'
import { defineNoun } from '../noun-commands/define-noun.ts'
import { getPathId } from '../noun-commands/rows.ts'
import { createColumn } from '../print/column.ts'

export const ip = defineNoun({
  entity,
  isTenantFlagged: true,
  details: 'Any allow rule makes the tenant allow-only: an address that no rule matches is then denied.',
  examples: {
    add: [{ command: 'mtlb ip add 203.0.113.0/24 --tenant acme --action deny' }],
    allow: [{ command: 'mtlb ip allow 198.51.100.0/24 --tenant acme' }],
    deny: [{ command: "mtlb ip deny 203.0.113.0/24 --tenant acme --note 'scanner'" }],
    list: [{ command: 'mtlb ip list --tenant acme' }],
    set: [{ command: 'mtlb ip set 203.0.113.0/24 --tenant acme --action allow' }],
    remove: [{ command: 'mtlb ip remove 203.0.113.0/24 --tenant acme' }],
  },
  commands: (noun) => [
    createAddCommand(noun, { verb: 'allow', preset: { action: 'allow' }, summary: 'Serve requests from a range.' }),
    createAddCommand(noun, { verb: 'deny', preset: { action: 'deny' }, summary: 'Refuse requests from a range.' }),
    createCheckCommand(),
  ],
})

function createCheckCommand(): Command {
  return {
    words: ['ip', 'check'],
    summary: 'Say whether the rules let an address in, and which rule decides.',
    operands: [{ name: 'ADDRESS', summary: 'A v4 or v6 address.' }],
    flags: [tenantFlag],
    examples: [{ command: 'mtlb ip check 203.0.113.7 --tenant acme' }],
    run: async (call) => {
      const name = textFlag(call, 'tenant')
      const [text] = call.operands
      if (text === undefined || name === undefined) throw createMissing(text === undefined ? 'address' : 'tenant')
      const address = parseAddress(text)
      if (address === undefined) throw new UserError('usage', `address '${text}' is not a v4 or v6 address`)
      await readConfiguration(call, (store) => {
        const rules = store.list(entity, { tenantId: getPathId(store, [tenant], [name]) ?? 0 })
        call.print.record(verdictColumns, judge(rules, renderAddress(address)))
      })
    },
  }
}

interface Verdict {
  readonly address: string
  readonly verdict: 'allowed' | 'denied'
  readonly rule: string
  readonly reason: string
}

const verdictColumns = [
  createColumn('address', 'text', ({ address }: Verdict) => address),
  createColumn('verdict', 'text', ({ verdict }: Verdict) => verdict),
  createColumn('rule', 'text', ({ rule }: Verdict) => rule),
  createColumn('reason', 'text', ({ reason }: Verdict) => reason),
]

/** The proxy's own rule: the longest match decides; without one, any allow rule denies. */
function judge(rules: readonly IpRuleRow[], address: string): Verdict {
  const entries = rules.flatMap(({ range: text }, value) => {
    const range = parseRange(text)
    return range === undefined ? [] : [{ range, value }]
  })
  const rule = rules[findInIpTable(buildIpTable(entries), address)]
  if (rule !== undefined) {
    const verdict = rule.action === 'allow' ? 'allowed' : 'denied'
    return { address, verdict, rule: rule.range, reason: rule.note || `${rule.action} rule` }
  }
  const isAllowOnly = rules.some(({ action }) => action === 'allow')
  const reason = isAllowOnly ? 'no rule matches, and the tenant is allow-only' : 'no rule matches'
  return { address, verdict: isAllowOnly ? 'denied' : 'allowed', rule: '', reason }
}

function createMissing(what: string): UserError {
  return new UserError('usage', `the ${what} is missing`, "Write 'mtlb ip check ADDRESS --tenant TENANT'.")
}
