import { parseTime } from '../kit/time.ts'
import { parseDuration, renderDuration } from '../kit/units.ts'
import { UserError } from '../kit/user-error.ts'
import type { Call } from './call.ts'
import { textFlag } from './call.ts'

/** Unix milliseconds of a flag such as `--since`: a duration back from now, or a time. Undefined when absent. */
export function timeFlag(call: Call, name: string): number | undefined {
  const text = textFlag(call, name)
  if (text === undefined) return undefined
  const nowMs = call.surroundings.clock.wallMs()
  const agoMs = parseDuration(text)
  if (agoMs !== undefined) return nowMs - agoMs
  const timeMs = parseTime(text)
  if (timeMs !== undefined) return timeMs
  const mend = "Write a duration back from now like '15m', or a time like '2026-11-20T12:00:00Z'."
  throw new UserError('usage', `--${name} '${text}' is not a time`, mend)
}

/** A whole number between the bounds. */
export function numberFlag(call: Call, name: string, { min, max }: { min: number; max: number }): number | undefined {
  const text = textFlag(call, name)
  if (text === undefined) return undefined
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UserError('usage', `--${name} '${text}' is not a whole number from ${min} to ${max}`)
}

/** Milliseconds of a flag such as `--drain 30s`. */
export function durationFlag(call: Call, name: string, { maxMs }: { maxMs: number }): number | undefined {
  const text = textFlag(call, name)
  if (text === undefined) return undefined
  const durationMs = parseDuration(text)
  if (durationMs === undefined) {
    throw new UserError('usage', `--${name} '${text}' is not a duration`, "Write it like '30s' or '5m'.")
  }
  if (durationMs <= maxMs) return durationMs
  throw new UserError('usage', `--${name} '${text}' is longer than ${renderDuration(maxMs)}`)
}
