import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { bandwidth } from '../kit/field/bandwidth.ts'
import { bytes } from '../kit/field/bytes.ts'
import { choice } from '../kit/field/choice.ts'
import { duration } from '../kit/field/duration.ts'
import { integer } from '../kit/field/integer.ts'
import { limitTarget } from '../kit/field/limit-target.ts'
import { list } from '../kit/field/list.ts'
import { optional } from '../kit/field/optional.ts'
import { quotaKind } from '../kit/field/quota.ts'
import { rate } from '../kit/field/rate.ts'
import { ruleMode } from './rule-mode.ts'

export type LimitRow = RowOf<typeof limit>

export const limit = defineEntity({
  noun: 'limit',
  table: 'limit',
  summary: "A bound on a tenant's requests, or on those of a route or key.",
  scope: 'tenant',
  nameField: 'target',
  fields: {
    target: limitTarget({
      summary: "What it bounds: 'tenant', 'route:NAME' or 'key:NAME', and each client: 'tenant/client'.",
      isImmutable: true,
    }),
    rate: optional(rate({ summary: 'Requests per period; without it any.' })),
    burst: optional(
      integer({ summary: 'Requests that may come at once; without it as many as the rate counts.', min: 1, max: 1e9 }),
    ),
    concurrency: optional(
      integer({
        summary: 'Requests under way at once, WebSockets included; without it any number.',
        min: 1,
        max: 1_000_000,
      }),
    ),
    onExceed: choice({
      summary: 'What becomes of a request beyond.',
      choices: [
        { name: 'reject', summary: 'it is refused with 429' },
        { name: 'queue', summary: 'it waits until the rate has room for it, for --max-wait at most' },
        { name: 'shadow', summary: 'it is served, and its record says that it would have been refused' },
      ],
      default: 'reject',
    }),
    bandwidthBytes: optional(
      bandwidth({ summary: 'Bytes per second each way of bodies; without it any.', label: 'bandwidth' }),
    ),
    maxWaitMs: duration({ summary: 'How long a request waits that is queued.', default: 1_000, isHidden: true }),
    quotas: list({
      summary: 'Requests, bytes or time at endpoints per day, week, month or fixed window; may be repeated.',
      item: quotaKind,
      default: [],
      label: 'quota',
    }),
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
    mode: ruleMode({ summary: 'Whether it is enforced.' }),
  },
})
