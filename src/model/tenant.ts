import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { boolean } from '../kit/field/boolean.ts'
import { choice } from '../kit/field/choice.ts'
import { integer } from '../kit/field/integer.ts'
import { list } from '../kit/field/list.ts'
import { name, nameKind, reference } from '../kit/field/name.ts'
import { optional } from '../kit/field/optional.ts'
import { text } from '../kit/field/text.ts'
import { timeZone } from '../kit/field/time-zone.ts'
import { breakerFields } from './breaker-fields.ts'
import { ruleMode } from './rule-mode.ts'

export type TenantRow = RowOf<typeof tenant>

export const tenant = defineEntity({
  noun: 'tenant',
  table: 'tenant',
  summary: 'Whom traffic belongs to.',
  scope: 'global',
  nameField: 'name',
  fields: {
    name: name({ summary: 'Name of the tenant.', isImmutable: true }),
    state: choice({
      summary: 'Whether its requests are served.',
      choices: [
        { name: 'active', summary: 'Requests are served.' },
        { name: 'suspended', summary: 'Every request is refused.' },
      ],
      default: 'active',
      isManaged: true,
    }),
    note: text({ summary: 'Free text for operators.', default: '' }),
    revision: integer({
      summary: 'Revision at which anything of the tenant last changed; triggers write it.',
      default: 0,
      isDerived: true,
      isHidden: true,
    }),
    breaker: boolean({
      summary: 'Whether a circuit breaker keeps requests from all its pools while they fail.',
      default: false,
      isHidden: true,
    }),
    ...breakerFields,
    plan: optional(reference('plan', { summary: 'Plan whose limits it has where it has none of its own.' })),
    timeZone: timeZone({
      summary: 'Where days, weeks and months of its quotas and its usage begin.',
      default: 'UTC',
      isHidden: true,
    }),
    weight: integer({
      summary:
        'Its part of a pool that it shares with others, as a multiple of theirs, while all want more than there is.',
      min: 1,
      max: 1_000,
      default: 1,
      isHidden: true,
    }),
    guarantee: integer({
      summary: 'Requests under way in each such pool that it may have before all others; 0 means none.',
      max: 1_000_000,
      default: 0,
      isHidden: true,
    }),
    grants: list({
      summary: "Pools of 'shared' that its routes may name.",
      item: nameKind,
      default: [],
      isManaged: true,
      isHidden: true,
    }),
    breakerMode: ruleMode({ summary: 'Whether its open circuit breaker is enforced.' }),
  },
})
