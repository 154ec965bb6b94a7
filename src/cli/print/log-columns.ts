import type { LogLine } from '../../ledger/log-line.ts'
import type { Column } from './column.ts'
import { createColumn } from './column.ts'
import { escapeControls } from './escape-controls.ts'

/** The keys of `mtlb logs --json`, in this order; TSV has the same. */
export const logColumns: readonly Column<LogLine>[] = [
  createColumn('time', 'text', (line) => line.time),
  createColumn('request_id', 'text', (line) => line.request_id),
  createColumn('tenant', 'text', (line) => line.tenant ?? undefined),
  createColumn('route', 'text', (line) => line.route ?? undefined),
  createColumn('key', 'text', (line) => line.key ?? undefined),
  createColumn('client', 'text', (line) => line.client),
  createColumn('method', 'text', (line) => line.method),
  createColumn('host', 'text', (line) => line.host),
  createColumn('path', 'text', (line) => line.path),
  createColumn('status', 'number', (line) => line.status),
  createColumn('code', 'text', (line) => line.code ?? undefined),
  createColumn('endpoint', 'text', (line) => line.endpoint ?? undefined),
  createColumn('attempts', 'number', (line) => line.attempts),
  createColumn('bytes_in', 'number', (line) => line.bytes_in),
  createColumn('bytes_out', 'number', (line) => line.bytes_out),
  createColumn('duration_ms', 'number', (line) => line.duration_ms),
  createColumn('endpoint_ms', 'number', (line) => line.endpoint_ms ?? undefined),
  createColumn('waiting_ms', 'number', (line) => line.waiting_ms),
  createColumn('user_agent', 'text', (line) => line.user_agent),
  createColumn('failed_attempts', 'list', (line) => line.failed_attempts),
  createColumn('shadowed_by', 'list', (line) => line.shadowed_by),
  createColumn('rule', 'text', (line) => line.rule ?? undefined),
  createColumn('trace', 'list', (line) => line.trace),
]

// Lines come one by one, so their widths cannot depend on each other; the request takes what the window leaves.
interface Layout {
  readonly time: number
  readonly tenant: number
  /** 0 leaves the client out. */
  readonly client: number
  readonly outcome: number
  readonly hasDate: boolean
  readonly hasHost: boolean
}

const wide: Layout = { time: 24, tenant: 12, client: 15, outcome: 24, hasDate: true, hasHost: true }
const usual: Layout = { time: 12, tenant: 10, client: 0, outcome: 17, hasDate: false, hasHost: true }
const narrow: Layout = { ...usual, outcome: 15, hasHost: false }
const gap = '  '
const narrowestRequest = 12

/** The heading over lines of `renderLogLine` in a window of that width. */
export function renderLogHeading(width: number): string {
  return layOut(['TIME', 'TENANT', 'CLIENT', 'STATUS', 'DURATION', 'ENDPOINT/CODE', 'REQUEST'], width)
}

/** One line for people, no wider than the window where that is possible; a narrow one lacks date, client and host. */
export function renderLogLine(line: LogLine, width: number): string {
  const { time, tenant, client, status, method, host, path, code, endpoint, duration_ms: durationMs } = line
  const { hasDate, hasHost } = layoutFor(width)
  const cells = [
    hasDate ? time.replace('T', ' ') : time.slice(11, -1),
    tenant ?? '-',
    client,
    status === 0 ? 'gone' : String(status),
    renderMs(durationMs),
    code ?? endpoint?.replace(/^http:\/\//, '') ?? '-',
    `${method} ${hasHost ? host : ''}${path}`,
  ]
  return layOut(cells.map(escapeControls), width)
}

function layoutFor(width: number): Layout {
  if (width < 100) return narrow
  return width < 130 ? usual : wide
}

function layOut([time, tenant, client, status, duration, outcome, request]: readonly string[], width: number): string {
  const layout = layoutFor(width)
  const start = [
    cut(time, layout.time),
    cut(tenant, layout.tenant),
    ...(layout.client === 0 ? [] : [client.padEnd(layout.client)]),
    status.padEnd(6),
    duration.padStart(8),
    cut(outcome, layout.outcome),
  ].join(gap)
  const room = Math.max(narrowestRequest, width - start.length - gap.length)
  return `${start}${gap}${cut(request, room).trimEnd()}`
}

function cut(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`
}

function renderMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)}s`
  return ms >= 100 ? `${Math.round(ms)}ms` : `${Number(ms.toPrecision(3))}ms`
}
