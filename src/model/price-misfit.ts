import { splitPriceName } from '../kit/field/price-name.ts'
import { parseTier, pricedItems } from '../kit/price.ts'
import type { PricedUnit } from '../kit/price.ts'
import type { Misfit } from './misfit.ts'
import { price } from './price.ts'
import type { PriceRow } from './price.ts'

const examples: Readonly<Record<PricedUnit, string>> = { requests: '0.40/1M', bytes: '0.09/1GB', time: '1.20/1h' }

/** The first thing that does not go together in a price. */
export function findPriceMisfit({ name = '', tiers = [] }: Partial<PriceRow>): Misfit | undefined {
  const field = price.fields.tiers.column
  const item = splitPriceName(name)?.item
  const parsed = tiers.map(parseTier).filter((tier) => tier !== undefined)
  if (item === undefined || parsed.length !== tiers.length) return undefined
  const { unit } = pricedItems[item]
  const stray = parsed.findIndex((tier) => tier.unit !== unit)
  if (stray !== -1) {
    const hint = `Write it like '${examples[unit]}'.`
    return { field, message: `price '${tiers[stray]}' is not per ${unit}, as ${item} are counted`, hint }
  }
  if (parsed[0]?.from !== 0) {
    return { field, message: 'the first tier must begin at nothing', hint: `Write it like '${examples[unit]}'.` }
  }
  const early = parsed.findIndex(({ from }, index) => index > 0 && from <= parsed[index - 1].from)
  if (early === -1) return undefined
  return {
    field,
    message: `tier '${tiers[early]}' begins before the one before it`,
    hint: 'Name tiers in rising order.',
  }
}
