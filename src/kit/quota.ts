import { parseBytes, parseCount, parseDuration, renderBytes, renderDuration } from './units.ts'

export type QuotaUnit = 'requests' | 'bytes' | 'endpoint-time'

/** A calendar's day, week (from Monday on) or month, or a fixed window of so many milliseconds. */
export type QuotaPeriod = 'day' | 'week' | 'month' | number

/** So much of a unit in each period. */
export interface Quota {
  readonly unit: QuotaUnit
  /** Requests, bytes, or milliseconds. */
  readonly amount: number
  readonly period: QuotaPeriod
}

const calendar: readonly QuotaPeriod[] = ['day', 'week', 'month']
const spelledPeriods = new Map([
  ['hour', '1h'],
  ['minute', '1m'],
  ['min', '1m'],
])

/** From a second to what no month is longer than: a balance is kept for twice as long. */
const periodMs = { least: 1_000, most: 31 * 86_400_000 }

/** Keeps sums of microseconds and bytes whole in a double. */
const mostOf = { requests: 1e15, bytes: 9e15, 'endpoint-time': 9e12 }

/** `1000000/month`, `10GB/day`, `2h/week` (of time at endpoints), `500/5h`; undefined for what is none. */
export function parseQuota(text: string): Quota | undefined {
  const [amountText, periodText, ...more] = text.split('/')
  const counted = parseAmount(amountText)
  const period = periodText === undefined ? undefined : parsePeriod(periodText)
  if (more.length > 0 || counted === undefined || period === undefined) return undefined
  return { ...counted, period }
}

/** `parseQuota` reads it back. */
export function renderQuota({ unit, amount, period }: Quota): string {
  return `${renderAmount(unit, amount)}/${renderPeriod(period)}`
}

/** What stays the same when the amount changes: `requests/month`, `bytes/5h`. */
export function quotaKey({ unit, period }: Quota): string {
  return `${unit}/${renderPeriod(period)}`
}

function parseAmount(text: string): Pick<Quota, 'unit' | 'amount'> | undefined {
  const [unit, amount] = measured(text, 'requests', parseCount) ??
    measured(text, 'bytes', parseBytes) ??
    measured(text, 'endpoint-time', parseDuration) ?? [undefined, 0]
  if (unit === undefined || amount < 1 || amount > mostOf[unit]) return undefined
  return { unit, amount }
}

function measured(text: string, unit: QuotaUnit, parse: (text: string) => number | undefined) {
  const amount = parse(text)
  return amount === undefined ? undefined : ([unit, amount] as const)
}

function parsePeriod(text: string): QuotaPeriod | undefined {
  const named = calendar.find((name) => name === text)
  if (named !== undefined) return named
  const ms = parseDuration(spelledPeriods.get(text) ?? text)
  return ms === undefined || ms < periodMs.least || ms > periodMs.most ? undefined : ms
}

function renderAmount(unit: QuotaUnit, amount: number): string {
  if (unit === 'requests') return String(amount)
  return unit === 'bytes' ? renderBytes(amount) : renderDuration(amount)
}

function renderPeriod(period: QuotaPeriod): string {
  return typeof period === 'number' ? renderDuration(period) : period
}
