import { createCounts } from './counts.ts'
import type { Counts } from './counts.ts'
import { addEncodedBuckets } from './sparse-buckets.ts'

/** A row of `rollup` as SQLite gives it. */
export interface RollupRow {
  readonly minute: number
  readonly kind: number
  readonly owner_id: number
  readonly no_status: number
  readonly status_1xx: number
  readonly status_2xx: number
  readonly status_3xx: number
  readonly status_4xx: number
  readonly status_5xx: number
  readonly rejected: number
  readonly faults: number
  readonly bytes_in: number
  readonly bytes_out: number
  readonly latency: string
  readonly endpoint_us: number
}

/** The numbers of a row, its histogram whole again. */
export function readCounts(row: RollupRow): Counts {
  const counts = createCounts()
  const { no_status, status_1xx, status_2xx, status_3xx, status_4xx, status_5xx } = row
  counts.classes.set([no_status, status_1xx, status_2xx, status_3xx, status_4xx, status_5xx])
  counts.rejected = row.rejected
  counts.faults = row.faults
  counts.bytesIn = row.bytes_in
  counts.bytesOut = row.bytes_out
  counts.endpointTimeUs = row.endpoint_us
  addEncodedBuckets(counts.buckets, JSON.parse(row.latency) as number[])
  return counts
}
