import type { QuotaPeriod } from '../kit/quota.ts'

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

function midnight(day: Temporal.PlainDate, timeZone: string): number {
  return day.toZonedDateTime(timeZone).epochMilliseconds
}
