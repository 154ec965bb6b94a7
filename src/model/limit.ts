import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { integer } from '../kit/field/integer.ts'
import { optional } from '../kit/field/optional.ts'
import { rate } from '../kit/field/rate.ts'

export type LimitRow = RowOf<typeof limit>

export const limit = defineEntity({
  noun: 'limit',
  table: 'limit',
  summary: "A bound on the rate of a tenant's requests.",
  scope: 'tenant',
  nameField: undefined,
  fields: {
    rate: rate({ summary: 'Requests per period.' }),
    burst: optional(
      integer({ summary: 'Requests that may come at once; without it as many as the rate counts.', min: 1, max: 1e9 }),
    ),
  },
})
