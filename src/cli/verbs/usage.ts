import { UserError } from '../../kit/user-error.ts'
import { dayAt, parseMonth } from '../../kit/window.ts'
import type { UsedBy } from '../../ledger/usage-query.ts'
import type { Call } from '../call.ts'
import { textFlag } from '../call.ts'
import { checkLedgerTenant } from '../check-ledger-tenant.ts'
import type { Topic } from '../command.ts'
import type { Column } from '../print/column.ts'
import { createColumn } from '../print/column.ts'
import { monthFlag, readMonth } from '../month-flag.ts'
import { csvFlag, printRows } from '../print/print-rows.ts'
import { readTimeZones } from '../read-time-zones.ts'

const summary = 'Say what was used in a month: requests, bytes and time at endpoints.'
const groupings = ['tenant', 'route', 'key', 'day'] as const

type Grouping = (typeof groupings)[number]

export const usage: Topic = {
  name: 'usage',
  summary,
  commands: [
    {
      words: ['usage'],
      summary,
      details:
        'From the ledger, which is only ever added to. Months and days are those of the time zone of each tenant, to the ' +
        'hour. Requests include the refused ones; what is refused is told apart by reason with --json and --csv. The last ' +
        'second may be missing.',
      flags: [
        { name: 'tenant', value: 'tenant', summary: 'Only of this tenant.' },
        monthFlag,
        { name: 'by', value: groupings.join('|'), summary: 'What a line sums up. Default: tenant.' },
        csvFlag,
      ],
      examples: [
        { command: 'mtlb usage' },
        { command: 'mtlb usage --tenant acme --month 2026-11 --by day' },
        { command: 'mtlb usage --by key --csv' },
      ],
      run: async (call) => {
        const by = readGrouping(call)
        const month = readMonth(call)
        const tenant = textFlag(call, 'tenant')
        await checkLedgerTenant(call, tenant)
        const { findTenantId } = await import('../../ledger/find-tenant-id.ts')
        const tenantId = tenant === undefined ? undefined : findTenantId(call.folder, tenant)
        const zoneOf = await readTimeZones(call)
        const { queryUsage } = await import('../../ledger/usage-query.ts')
        // A tenant that had no traffic yet has no id in the ledger.
        const rows =
          tenant !== undefined && tenantId === undefined
            ? []
            : queryUsage(call.folder, {
                tenantId,
                of: by === 'day' ? 'tenant' : by,
                spanOf: ({ id }) => parseMonth(month, zoneOf(id))!,
                ...(by === 'day' ? { groupOf: (startMs, { id }) => dayAt(startMs, zoneOf(id)) } : {}),
              })
        printRows(call, [...nameColumns(by), ...countColumns], { rows, emptyNote: `Nothing was used in ${month}.` })
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

function nameColumns(by: Grouping): readonly Column<UsedBy>[] {
  const tenant = createColumn('tenant', 'text', (row: UsedBy) => row.tenant || undefined)
  if (by === 'tenant') return [tenant]
  return [tenant, createColumn(by, 'text', ({ name, group }) => (by === 'day' ? group : name))]
}

const reasonsText = ({ usage: { reasons } }: UsedBy) => [...reasons].map(([code, count]) => `${code}=${count}`)

const countColumns: readonly Column<UsedBy>[] = [
  createColumn('requests', 'number', ({ usage: used }: UsedBy) => used.requests),
  createColumn('rejected', 'number', ({ usage: used }: UsedBy) => used.rejected),
  createColumn('bytes_in', 'bytes', ({ usage: used }: UsedBy) => used.bytesIn),
  createColumn('bytes_out', 'bytes', ({ usage: used }: UsedBy) => used.bytesOut),
  createColumn('endpoint_ms', 'duration', ({ usage: used }: UsedBy) => used.endpointTimeUs / 1_000),
  {
    ...createColumn('rejected_by', 'list', reasonsText, { isMinor: true }),
    json: ({ usage: used }) => Object.fromEntries(used.reasons),
  },
]
