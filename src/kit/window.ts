import type { QuotaPeriod } from './quota.ts'

/** From its start on, before its end. */
export interface Window {
  readonly startMs: number
  readonly endMs: number
}

/**
 * The period that a time lies in. Days, weeks and months are those of a calendar in that time zone, so that a day may have 23
 * or 25 hours; a fixed window begins at a multiple of its length since 1970. 10 µs, once per window.
 */
export function windowAt(period: QuotaPeriod, timeZone: string, timeMs: number): Window {
  if (typeof period === 'number') {
    const startMs = Math.floor(timeMs / period) * period
    return { startMs, endMs: startMs + period }
  }
  const now = Temporal.Instant.fromEpochMilliseconds(Math.floor(timeMs)).toZonedDateTimeISO(timeZone)
  const first = firstDay(now, period)
  // A day need not begin at 0:00: clocks may be put forward then.
  return { startMs: midnight(first, timeZone), endMs: midnight(first.add(lengths[period]), timeZone) }
}

const lengths = { day: { days: 1 }, week: { days: 7 }, month: { months: 1 } } as const

function firstDay(now: Temporal.ZonedDateTime, period: keyof typeof lengths): Temporal.PlainDate {
  const today = now.toPlainDate()
  if (period === 'day') return today
  return period === 'month' ? today.with({ day: 1 }) : today.subtract({ days: today.dayOfWeek - 1 })
}

/** The month of `2026-11` in that time zone; undefined for what is no month. */
export function parseMonth(text: string, timeZone: string): Window | undefined {
  if (!/^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(text)) return undefined
  return windowAt('month', timeZone, midnight(Temporal.PlainDate.from(`${text}-01`), timeZone))
}

/** The first moment of `2026-11-27` in that time zone; undefined for what is no day. */
export function parseDay(text: string, timeZone: string): number | undefined {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return undefined
  try {
    return midnight(Temporal.PlainDate.from(text, { overflow: 'reject' }), timeZone)
  } catch {
    return undefined
  }
}

/** `2026-11-27`: the day on which that time lies there. */
export function dayAt(timeMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

function midnight(day: Temporal.PlainDate, timeZone: string): number {
  return day.toZonedDateTime(timeZone).epochMilliseconds
}
