import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { choice } from '../kit/field/choice.ts'
import { ipRange } from '../kit/field/ip-range.ts'
import { text } from '../kit/field/text.ts'
import { ruleMode } from './rule-mode.ts'

export type IpRuleRow = RowOf<typeof ipRule>

export const ipRule = defineEntity({
  noun: 'ip rule',
  command: 'ip',
  table: 'ip_rule',
  summary: 'An address range that is allowed or denied; the longest match wins.',
  scope: 'tenant',
  nameField: 'range',
  fields: {
    range: ipRange({ summary: 'Range with its prefix length, unique within its tenant.', isImmutable: true }),
    action: choice({
      summary: 'What happens to requests from it.',
      choices: [
        { name: 'allow', summary: 'Requests are served; any allow rule makes the tenant allow-only.' },
        { name: 'deny', summary: 'Requests are refused.' },
      ],
    }),
    note: text({ summary: 'Free text for operators.', default: '' }),
    mode: ruleMode({ summary: 'Whether it is enforced.' }),
  },
})
