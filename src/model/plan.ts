import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { bandwidth } from '../kit/field/bandwidth.ts'
import { bytes } from '../kit/field/bytes.ts'
import { integer } from '../kit/field/integer.ts'
import { list } from '../kit/field/list.ts'
import { name } from '../kit/field/name.ts'
import { optional } from '../kit/field/optional.ts'
import { quotaKind } from '../kit/field/quota.ts'
import { rate } from '../kit/field/rate.ts'
import { text } from '../kit/field/text.ts'

export type PlanRow = RowOf<typeof plan>

const burst = (of: string) =>
  optional(
    integer({ summary: `${of} that may come at once; without it as many as the rate counts.`, min: 1, max: 1e9 }),
  )

export const plan = defineEntity({
  noun: 'plan',
  table: 'plan',
  summary: 'Limits that tenants have unless they have their own.',
  scope: 'global',
  nameField: 'name',
  fields: {
    name: name({ summary: 'Name of the plan.', isImmutable: true }),
    rate: optional(rate({ summary: 'Requests per period of a tenant; without it any.' })),
    burst: burst('Requests of a tenant'),
    concurrency: optional(
      integer({ summary: 'Requests of a tenant under way at once; without it any number.', min: 1, max: 1_000_000 }),
    ),
    clientRate: optional(rate({ summary: 'Requests per period of each of its clients; without it any.' })),
    clientBurst: burst('Requests of a client'),
    note: text({ summary: 'Free text for operators.', default: '' }),
    quotas: list({
      summary:
        'Requests, bytes or time at endpoints of a tenant per day, week, month or fixed window; may be repeated.',
      item: quotaKind,
      default: [],
      label: 'quota',
    }),
    bandwidthBytes: optional(
      bandwidth({ summary: 'Bytes per second each way of bodies of a tenant; without it any.', label: 'bandwidth' }),
    ),
    connectionBandwidthBytes: optional(
      bandwidth({
        summary: "Bytes per second each way of bodies on each client's connection; without it any.",
        label: 'connection-bandwidth',
        isHidden: true,
      }),
    ),
    maxBodyBytes: optional(
      bytes({
        summary: 'Longest body of a request; without it any length is taken.',
        label: 'max body',
        isHidden: true,
      }),
    ),
  },
})
