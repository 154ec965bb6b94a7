import { pricedItems } from '../kit/price.ts'
import type { PricedItem, Tier } from '../kit/price.ts'
import type { Usage } from './usage.ts'

/** What an item costs from a time on. */
export interface PriceVersion {
  readonly item: PricedItem
  readonly fromMs: number
  /** Rising; the first begins at 0. */
  readonly tiers: readonly Tier[]
}

/** What was used between two times, within which no price changes. */
export interface UsedPart {
  readonly startMs: number
  readonly endMs: number
  readonly usage: Usage
}

/** So much of an item at one price. */
export interface InvoiceLine {
  readonly item: PricedItem
  readonly startMs: number
  readonly endMs: number
  readonly tier: Tier
  /** Requests, bytes, or microseconds. */
  readonly quantity: number
  /** Smallest parts of the currency, rounded half up: what is paid. */
  readonly amount: bigint
  /** The same before it was rounded, as a fraction of two whole numbers of billionths of the currency. */
  readonly exact: { readonly nanos: bigint; readonly per: number }
}

/** Times within the span at which a price changes, with its start and end. */
export function partsOfSpan(prices: readonly PriceVersion[], span: { startMs: number; endMs: number }): number[] {
  const changes = prices.map(({ fromMs }) => fromMs).filter((ms) => ms > span.startMs && ms < span.endMs)
  return [span.startMs, ...new Set(changes.toSorted((a, b) => a - b)), span.endMs]
}

/**
 * The lines of a month, by item, time and tier. A tier counts what was used of the month before it, whatever that cost. What has no
 * price is on no line. `digits` is how many the currency has behind its point.
 */
export function createLines(
  parts: readonly UsedPart[],
  prices: readonly PriceVersion[],
  digits: number,
): readonly InvoiceLine[] {
  const items = Object.keys(pricedItems) as PricedItem[]
  return items.flatMap((item) => {
    let before = 0
    return parts.flatMap((part) => {
      const quantity = quantityOf(item, part.usage)
      const version = findVersion(prices, item, part.startMs)
      const from = before
      before += quantity
      return version === undefined ? [] : splitByTier(version, { ...part, from, quantity }, digits)
    })
  })
}

export function totalOf(lines: readonly InvoiceLine[]): bigint {
  return lines.reduce((sum, { amount }) => sum + amount, 0n)
}

/** Refused requests are nobody's to pay. */
function quantityOf(item: PricedItem, { requests, rejected, bytesIn, bytesOut, endpointTimeUs }: Usage): number {
  switch (item) {
    case 'requests':
      return requests - rejected
    case 'bytes-in':
      return bytesIn
    case 'bytes-out':
      return bytesOut
    case 'endpoint-time':
      return endpointTimeUs
    default:
      throw new TypeError(`unknown item ${String(item satisfies never)}`)
  }
}

/** The one in force at that time. */
function findVersion(prices: readonly PriceVersion[], item: PricedItem, timeMs: number): PriceVersion | undefined {
  return prices
    .filter((price) => price.item === item && price.fromMs <= timeMs)
    .toSorted((a, b) => b.fromMs - a.fromMs)
    .at(0)
}

interface Quantity {
  readonly startMs: number
  readonly endMs: number
  /** Of the month before it. */
  readonly from: number
  readonly quantity: number
}

function splitByTier({ item, tiers }: PriceVersion, part: Quantity, digits: number): InvoiceLine[] {
  const { startMs, endMs, from, quantity } = part
  return tiers.flatMap((tier, index) => {
    const tierEnd = tiers.at(index + 1)?.from ?? Infinity
    const within = Math.min(from + quantity, tierEnd) - Math.max(from, tier.from)
    if (within <= 0) return []
    const exact = { nanos: tier.nanos * BigInt(within), per: tier.per }
    return [{ item, startMs, endMs, tier, quantity: within, amount: roundHalfUp(exact, digits), exact }]
  })
}

function roundHalfUp({ nanos, per }: InvoiceLine['exact'], digits: number): bigint {
  const unit = BigInt(per) * 10n ** BigInt(9 - digits)
  return (2n * nanos + unit) / (2n * unit)
}
