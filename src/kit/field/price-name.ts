import { pricedItems } from '../price.ts'
import type { PricedItem } from '../price.ts'
import { parseDay } from '../window.ts'
import { createField, createMismatch, textKind } from './field.ts'
import type { FieldOptions } from './field.ts'

/** What a price is of, from when on, and for whom. */
export interface PriceName {
  readonly item: PricedItem
  /** `2026-12-01` */
  readonly from: string
  /** Undefined: for all who have no plan with a price of its own. */
  readonly plan: string | undefined
}

/** `requests@2026-12-01`, `bytes-out@2026-12-01/gold`. */
export function priceName<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, {
    ...textKind,
    kind: 'price name',
    valueName: 'price',
    check: (column) => `${column} GLOB '[a-z]*@[1-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'`,
    parse(text, label) {
      if (splitPriceName(text) !== undefined) return text
      throw createMismatch(label, text, "what it is of and from which day on, like 'requests@2026-12-01'")
    },
  })
}

/** Undefined for what is none. */
export function splitPriceName(text: string): PriceName | undefined {
  const [, item, from, plan] = /^([a-z-]+)@(\d{4}-\d\d-\d\d)(?:\/([a-z0-9][a-z0-9._-]{0,62}))?$/.exec(text) ?? []
  if (from === undefined || !isPricedItem(item) || parseDay(from, 'UTC') === undefined) return undefined
  return { item, from, plan }
}

export function renderPriceName({ item, from, plan }: PriceName): string {
  return `${item}@${from}${plan === undefined ? '' : `/${plan}`}`
}

export function isPricedItem(text: string): text is PricedItem {
  return Object.hasOwn(pricedItems, text)
}
