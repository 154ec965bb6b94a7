import { UserError } from '../../kit/user-error.ts'
import type { StatsRow } from '../../ledger/stats-query.ts'
import type { Call } from '../call.ts'
import { textFlag } from '../call.ts'
import { checkLedgerTenant } from '../check-ledger-tenant.ts'
import type { Topic } from '../command.ts'
import type { Column } from '../print/column.ts'
import { createColumn } from '../print/column.ts'
import { timeFlag } from '../value-flags.ts'

const summary = 'Count requests, bytes and latencies, the minute under way included.'
const groupings = ['tenant', 'route', 'key', 'endpoint', 'status'] as const
const usualSinceMs = 3_600_000

type Grouping = (typeof groupings)[number]

export const stats: Topic = {
  name: 'stats',
  summary,
  commands: [
    {
      words: ['stats'],
      summary,
      details:
        'Rejected requests count by status, too. Latencies are of whole requests, to within a quarter. ' +
        "A pipe gets the keys of --json as columns; a line without a tenant is traffic that is nobody's.",
      flags: [
        { name: 'by', value: groupings.join('|'), summary: 'What a line counts. Default: tenant.' },
        { name: 'tenant', value: 'tenant', summary: 'Only requests of this tenant.' },
        { name: 'since', value: 'time', summary: "From then on: '15m', '2026-11-20T12:00:00Z'. Default: 1h." },
      ],
      examples: [
        { command: 'mtlb stats --tenant acme' },
        { command: 'mtlb stats --tenant acme --by endpoint --since 1d' },
        { command: 'mtlb stats --by status --json' },
      ],
      run: async (call) => {
        const by = readGrouping(call)
        const tenant = textFlag(call, 'tenant')
        const sinceMs = timeFlag(call, 'since') ?? call.surroundings.clock.wallMs() - usualSinceMs
        await checkLedgerTenant(call, tenant)
        const { queryStats } = await import('../../ledger/stats-query.ts')
        const rows = queryStats(call.folder, { by, sinceMs, ...(tenant === undefined ? {} : { tenant }) })
        call.print.rows([...nameColumns(by), ...countColumns], rows, 'No requests in that time.')
      },
    },
  ],
}

function readGrouping(call: Call): Grouping {
  const text = textFlag(call, 'by') ?? 'tenant'
  const grouping = groupings.find((candidate) => candidate === text)
  if (grouping !== undefined) return grouping
  throw new UserError('usage', `--by '${text}' is not one of ${groupings.join(', ')}`)
}

/** Whose numbers they are: the tenant, and what of it. */
function nameColumns(by: Grouping): readonly Column<StatsRow>[] {
  const tenant = createColumn('tenant', 'text', (row: StatsRow) => row.tenant ?? undefined)
  if (by === 'tenant') return [tenant]
  return [tenant, createColumn(by, 'text', (row) => row.name ?? undefined)]
}

const countColumns: readonly Column<StatsRow>[] = [
  createColumn<StatsRow>('requests', 'number', (row) => row.requests),
  createColumn<StatsRow>('status_2xx', 'number', (row) => row.status_2xx),
  createColumn<StatsRow>('status_3xx', 'number', (row) => row.status_3xx, { isMinor: true }),
  createColumn<StatsRow>('status_4xx', 'number', (row) => row.status_4xx),
  createColumn<StatsRow>('status_5xx', 'number', (row) => row.status_5xx),
  createColumn<StatsRow>('rejected', 'number', (row) => row.rejected, { isMinor: true }),
  createColumn<StatsRow>('faults', 'number', (row) => row.faults, { isMinor: true }),
  createColumn<StatsRow>('bytes_in', 'bytes', (row) => row.bytes_in, { isMinor: true }),
  createColumn<StatsRow>('bytes_out', 'bytes', (row) => row.bytes_out, { isMinor: true }),
  createColumn<StatsRow>('p50_ms', 'duration', (row) => row.p50_ms),
  createColumn<StatsRow>('p95_ms', 'duration', (row) => row.p95_ms),
  createColumn<StatsRow>('p99_ms', 'duration', (row) => row.p99_ms),
].map((column) => ({ ...column, title: column.title.replace(/^status | ms$/g, '') }))
