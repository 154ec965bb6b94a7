import { splitPriceName } from '../kit/field/price-name.ts'
import { parseTier } from '../kit/price.ts'
import { UserError } from '../kit/user-error.ts'
import { parseDay } from '../kit/window.ts'
import type { PriceVersion } from '../ledger/invoice.ts'
import { findPriceMisfit } from '../model/price-misfit.ts'
import { price } from '../model/price.ts'
import type { PriceRow } from '../model/price.ts'
import type { TenantRow } from '../model/tenant.ts'
import type { Store } from '../store/store.ts'

interface BookedPrice extends PriceVersion {
  readonly plan: string | undefined
}

/**
 * The prices that hold for a tenant. From the first price on that its plan has for an item, those for all do not hold for that
 * item any more. Throws UserError('problems') for a row that no command wrote.
 */
export function readPrices(store: Store, { timeZone, plan }: Pick<TenantRow, 'timeZone' | 'plan'>): PriceVersion[] {
  const prices = store.list(price).map((row) => readPrice(row, timeZone))
  const own = prices.filter((one) => one.plan !== undefined && one.plan === plan)
  const isReplaced = ({ item, fromMs }: PriceVersion) => own.some((one) => one.item === item && one.fromMs <= fromMs)
  return [...own, ...prices.filter((one) => one.plan === undefined && !isReplaced(one))]
}

function readPrice(row: PriceRow, timeZone: string): BookedPrice {
  const name = splitPriceName(row.name)
  const tiers = row.tiers.map(parseTier).filter((tier) => tier !== undefined)
  const misfit = findPriceMisfit(row)
  if (name === undefined || tiers.length !== row.tiers.length || misfit !== undefined) {
    const why = misfit?.message ?? 'its name or a tier of it is none'
    throw new UserError('problems', `price '${row.name}': ${why}`, "Set it anew: 'mtlb price set'.")
  }
  return { item: name.item, plan: name.plan, fromMs: parseDay(name.from, timeZone)!, tiers }
}
