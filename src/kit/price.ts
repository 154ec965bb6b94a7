import { parseBytes, parseCount, parseDuration, renderBytes, renderCount, renderDuration } from './units.ts'

/** What is counted, and in what it is priced: requests, bytes, or microseconds at endpoints. */
export const pricedItems = {
  requests: { unit: 'requests', summary: 'requests that were not refused' },
  'bytes-in': { unit: 'bytes', summary: 'bytes from clients, heads included' },
  'bytes-out': { unit: 'bytes', summary: 'bytes to clients, heads included' },
  'endpoint-time': { unit: 'time', summary: 'time that requests spent at endpoints' },
} as const

export type PricedItem = keyof typeof pricedItems
export type PricedUnit = (typeof pricedItems)[PricedItem]['unit']

/** From so many units of a month on, each `per` units cost so much. */
export interface Tier {
  readonly unit: PricedUnit
  readonly from: number
  /** Billionths of the currency. */
  readonly nanos: bigint
  readonly per: number
}

/** Digits of a price behind the point. */
const priceDigits = 9

/** `0.40/1M`, `0.09/1GB`, `1.20/1h`; from a quantity on `10M:0.30/1M`. Undefined for what is none. */
export function parseTier(text: string): Tier | undefined {
  const [, from = '', money, per] = /^(?:([^:/]+):)?([^:/]+)\/([^:/]+)$/.exec(text) ?? []
  if (money === undefined || per === undefined) return undefined
  const nanos = parseMoney(money)
  const priced = parseQuantity(per)
  const start = from === '' ? priced && { unit: priced.unit, quantity: 0 } : parseQuantity(from)
  if (nanos === undefined || priced === undefined || start === undefined || start.unit !== priced.unit) return undefined
  return { unit: priced.unit, from: start.quantity, nanos, per: priced.quantity }
}

/** `parseTier` reads it back. */
export function renderTier({ unit, from, nanos, per }: Tier): string {
  const price = `${renderMoney(nanos, priceDigits)}/${renderQuantity(unit, per)}`
  return from === 0 ? price : `${renderQuantity(unit, from)}:${price}`
}

/** `10M`, `1GB`, `1h` of what is counted. */
export function renderQuantity(unit: PricedUnit, quantity: number): string {
  if (unit === 'requests') return renderCount(quantity)
  return unit === 'bytes' ? renderBytes(quantity) : renderDuration(quantity / 1_000)
}

/** A whole number of parts of which so many digits lie behind the point, shortest: `0.4`, `12`. */
export function renderMoney(parts: bigint, digits: number): string {
  return renderAmount(parts, digits)
    .replace(/(\..*?)0+$/, '$1')
    .replace(/\.$/, '')
}

/** The same with all its digits: `0.40`, `12.00`. */
export function renderAmount(parts: bigint, digits: number): string {
  const text = String(parts).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

function parseMoney(text: string): bigint | undefined {
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text) ?? []
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(priceDigits, '0'))
}

function parseQuantity(text: string): { readonly unit: PricedUnit; readonly quantity: number } | undefined {
  const count = parseCount(text)
  const bytes = count ?? parseBytes(text)
  const ms = bytes ?? parseDuration(text)
  if (ms === undefined || ms === 0) return undefined
  if (count !== undefined) return { unit: 'requests', quantity: count }
  return bytes === undefined ? { unit: 'time', quantity: ms * 1_000 } : { unit: 'bytes', quantity: bytes }
}
