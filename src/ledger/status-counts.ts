import { createCounts } from './counts.ts'
import type { Counts } from './counts.ts'
import { dayMs, dayStartMs, listLogDays } from './day.ts'
import { withLog } from './log-query.ts'
import { addEncodedBuckets } from './sparse-buckets.ts'

/** One entry of `chunk.by_status`. */
export type StatusEntry = [
  minute: number,
  status: number,
  requests: number,
  rejected: number,
  bytesIn: number,
  bytesOut: number,
  buckets: number[],
]

/** Sums the chunks' own summaries since a minute; no record is decoded. Throws UserError `storage`. */
export function countStatuses(
  folder: string,
  sinceMinute: number,
  tenantId: number | undefined,
): { status: number; counts: Counts }[] {
  const byStatus = new Map<number, Counts>()
  const sinceMs = sinceMinute * 60_000
  for (const day of listLogDays(folder)) {
    if (dayStartMs(day) + dayMs <= sinceMs) continue
    withLog(folder, day, (database) => {
      const where = tenantId === undefined ? 'last_ms >= ?' : 'last_ms >= ? AND tenant_id = ?'
      const texts = database.prepare(`SELECT by_status FROM chunk WHERE ${where}`).pluck()
      const parameters = tenantId === undefined ? [sinceMs] : [sinceMs, tenantId]
      for (const text of texts.iterate(...parameters) as IterableIterator<string>) {
        for (const entry of JSON.parse(text) as StatusEntry[]) {
          if (entry[0] >= sinceMinute) addEntry(byStatus, entry)
        }
      }
    })
  }
  return [...byStatus].map(([status, counts]) => ({ status, counts }))
}

function addEntry(byStatus: Map<number, Counts>, entry: StatusEntry): void {
  const [, status, requests, rejected, bytesIn, bytesOut, buckets] = entry
  const counts = byStatus.get(status) ?? createCounts()
  byStatus.set(status, counts)
  counts.classes[status >= 100 && status < 600 ? Math.floor(status / 100) : 0] += requests
  counts.rejected += rejected
  counts.bytesIn += bytesIn
  counts.bytesOut += bytesOut
  addEncodedBuckets(counts.buckets, buckets)
}
