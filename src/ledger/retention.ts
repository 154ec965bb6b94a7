import { rmSync, statSync } from 'node:fs'
import { dayMs, dayNumber, dayStartMs, listLogDays, logFilePath } from './day.ts'
import type { Day } from './day.ts'
import { guardStorage } from './ledger-database.ts'

export interface Retention {
  readonly retentionDays: number
  readonly retentionBytes: number
}

/**
 * Removes whole day files, oldest first: those more than `retentionDays` days old, then as many as it takes to come below
 * `retentionBytes`. Never today's. `letGo` closes a file first. Throws UserError `storage`.
 */
export function removeOldLogs(
  folder: string,
  { retentionDays, retentionBytes }: Retention,
  { wallMs, letGo }: { wallMs: number; letGo: (day: Day) => void },
): void {
  const today = dayNumber(wallMs)
  const logs = listLogDays(folder).map((day) => {
    return { day, ageDays: today - dayStartMs(day) / dayMs, bytes: sizeOf(logFilePath(folder, day)) }
  })
  let totalBytes = logs.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { day, ageDays, bytes } of logs) {
    if (ageDays <= 0 || (ageDays < retentionDays && totalBytes <= retentionBytes)) continue
    letGo(day)
    const path = logFilePath(folder, day)
    guardStorage(path, () => {
      for (const part of ['-wal', '-shm', '']) rmSync(path + part, { force: true })
    })
    totalBytes -= bytes
  }
}

function sizeOf(path: string): number {
  let bytes = 0
  for (const part of ['', '-wal']) bytes += statSync(path + part, { throwIfNoEntry: false })?.size ?? 0
  return bytes
}
