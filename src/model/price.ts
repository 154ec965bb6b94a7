import { defineEntity } from '../kit/entity.ts'
import type { RowOf } from '../kit/entity.ts'
import { list } from '../kit/field/list.ts'
import { priceName } from '../kit/field/price-name.ts'
import { tierKind } from '../kit/field/price.ts'

export type PriceRow = RowOf<typeof price>

export const price = defineEntity({
  noun: 'price',
  table: 'price',
  summary: 'What tenants pay for what they use, from a day on.',
  scope: 'global',
  nameField: 'name',
  fields: {
    name: priceName({ summary: "What it is of and from when on: 'requests@2026-12-01'.", isImmutable: true }),
    tiers: list({
      summary: "Money per quantity, and from a quantity of the month on another: '0.40/1M,10M:0.30/1M'.",
      item: tierKind,
    }),
  },
})
