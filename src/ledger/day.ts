import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { asStorageError } from './storage-error.ts'

/** A UTC day as its log file is named: `2026-11-20`. */
export type Day = string

export const dayMs = 86_400_000

const lastMs = Date.UTC(9999, 11, 31)

/** Number of a time's UTC day since 1970; times outside 1970 to 9999 belong to the first day. */
export function dayNumber(timeMs: number): number {
  return timeMs >= 0 && timeMs < lastMs ? Math.floor(timeMs / dayMs) : 0
}

/** `2026-11-20` for the number that `dayNumber` gives. */
export function renderDay(number: number): Day {
  return new Date(number * dayMs).toISOString().slice(0, 10)
}

/** Unix milliseconds at which a day begins; NaN for what is no day. */
export function dayStartMs(day: Day): number {
  return Date.parse(day)
}

export function logFolder(folder: string): string {
  return join(folder, 'logs')
}

export function logFilePath(folder: string, day: Day): string {
  return join(logFolder(folder), `${day}.db`)
}

/** Days that have a log file, oldest first; none when the folder is not there yet. Throws UserError `storage`. */
export function listLogDays(folder: string): Day[] {
  const path = logFolder(folder)
  try {
    const names = readdirSync(path)
    return names
      .filter((name) => /^\d{4}-\d\d-\d\d\.db$/.test(name))
      .map((name) => name.slice(0, 10))
      .filter((day) => !Number.isNaN(dayStartMs(day)))
      .toSorted()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw asStorageError(path, error)
  }
}
