import { parseFailedAttempts } from '../slab/failed-attempts.ts'
import { readRecord } from '../slab/record.ts'
import type { ChunkNames } from './name-book.ts'

/** A record as `mtlb logs` shows it. The keys are those of `--json` and stay as they are. */
export interface LogLine {
  /** RFC 3339 in UTC, when the request began. */
  readonly time: string
  readonly request_id: string
  /** Names as they were when the record was written; null when there was none. */
  readonly tenant: string | null
  readonly route: string | null
  readonly key: string | null
  readonly client: string
  readonly method: string
  readonly host: string
  readonly path: string
  /** 0 when the client went away before it was answered. */
  readonly status: number
  /** Why it was refused or failed; null when the endpoint answered. */
  readonly code: string | null
  readonly endpoint: string | null
  readonly attempts: number
  readonly bytes_in: number
  readonly bytes_out: number
  readonly duration_ms: number
  readonly waiting_ms: number
  /** Until the endpoint's first byte; null when there was none. */
  readonly endpoint_ms: number | null
  readonly user_agent: string
  /** Those before the last one: endpoint and why, `http://127.0.0.1:9001=endpoint_connect`. */
  readonly failed_attempts: readonly string[]
  /** Limits that only shadow and would have refused it. */
  readonly shadowed_by: readonly string[]
  /** What has refused it: `limit:tenant`, `ip-rule:203.0.113.0/24`; null when nothing did. */
  readonly rule: string | null
  /** What phases have decided: `limits refuse tenant 0 left behind it`; of refused and of traced requests. */
  readonly trace: readonly string[]
}

/** The line of the frame at `at`. */
export function renderLogLine(frames: Buffer, at: number, names: ChunkNames): LogLine {
  const record = readRecord(frames, at)
  return {
    time: new Date(record.timeMs).toISOString(),
    request_id: record.requestId,
    tenant: names.tenant,
    route: names.route[record.routeId] ?? null,
    key: names.key[record.keyId] ?? null,
    client: record.clientAddress,
    method: record.method,
    host: record.host,
    path: record.path,
    status: record.status,
    code: record.code === '' ? null : record.code,
    endpoint: names.endpoint[record.endpointId] ?? null,
    attempts: record.attempts,
    bytes_in: record.bytesIn,
    bytes_out: record.bytesOut,
    duration_ms: toMs(record.durationUs),
    waiting_ms: toMs(record.waitingUs),
    endpoint_ms: record.endpointUs < 0 ? null : toMs(record.endpointUs),
    user_agent: record.userAgent,
    failed_attempts: parseFailedAttempts(record.failedAttempts).map(
      ({ endpointId, code }) => `${names.endpoint[endpointId] ?? `#${endpointId}`}=${code}`,
    ),
    shadowed_by: record.shadowed === '' ? [] : record.shadowed.split(','),
    rule: record.rule === '' ? null : record.rule,
    trace: record.notes === '' ? [] : record.notes.split('\n'),
  }
}

function toMs(us: number): number {
  return Math.round(us) / 1_000
}
