import type { Database as Connection } from 'better-sqlite3'
import { percentileUs } from '../slab/histogram.ts'
import { addCounts, decodeCounts } from './counts.ts'
import type { Counts } from './counts.ts'
import { findTenantId } from './find-tenant-id.ts'
import { openForReading, guardStorage } from './ledger-database.ts'
import { ledgerKind, ledgerPath, ownerKind } from './ledger-file.ts'
import { readCounts } from './rollup-row.ts'
import type { RollupRow } from './rollup-row.ts'
import { countStatuses } from './status-counts.ts'

export interface StatsFilter {
  /** Name; the newest tenant that has or had it last. */
  readonly tenant?: string
  readonly by: 'tenant' | 'route' | 'key' | 'endpoint' | 'status'
  /** Rounded down to the minute. */
  readonly sinceMs: number
}

/** Numbers of one tenant, route, endpoint or status. The keys are those of `--json` and stay as they are. */
export interface StatsRow {
  /** Null for traffic of no tenant, and by status for that of all. */
  readonly tenant: string | null
  /** Of the tenant or route, the endpoint's URL, or the status; null for no tenant and no status (the client went away). */
  readonly name: string | null
  readonly requests: number
  readonly status_1xx: number
  readonly status_2xx: number
  readonly status_3xx: number
  readonly status_4xx: number
  readonly status_5xx: number
  readonly rejected: number
  /** Attempts that failed; by status always 0, because records do not tell. */
  readonly faults: number
  readonly bytes_in: number
  readonly bytes_out: number
  readonly p50_ms: number
  readonly p95_ms: number
  readonly p99_ms: number
}

/**
 * Statistics since a minute, the one under way included, busiest first. By tenant, route, key and endpoint they come from
 * the counters and miss nothing; by status from the records, so that dropped ones and days that retention removed are
 * not in them, and a request belongs to the minute in which it began. Throws UserError `storage`.
 */
export function queryStats(folder: string, { tenant, by, sinceMs }: StatsFilter): StatsRow[] {
  const tenantId = tenant === undefined ? undefined : findTenantId(folder, tenant)
  if (tenant !== undefined && tenantId === undefined) return []
  const sinceMinute = Math.floor(sinceMs / 60_000)
  const rows =
    by === 'status'
      ? countStatuses(folder, sinceMinute, tenantId).map(({ status, counts }) => {
          return renderRow(tenant ?? null, status === 0 ? null : String(status), counts)
        })
      : countOwners(folder, { kind: ownerKind[by], sinceMinute, tenantId })
  return rows.toSorted((a, b) => b.requests - a.requests || compareNames(a, b))
}

interface Named {
  readonly owner_id: number
  readonly tenant_name: string | null
  readonly name: string | null
}

type OwnerRow = RollupRow & Named

/** The minute under way. */
type OpenRow = Named & { readonly counts: string }

const rowsOfAll = `
  SELECT rollup.*, owner.tenant_name, owner.name FROM rollup
  LEFT JOIN owner ON owner.kind = rollup.kind AND owner.id = rollup.owner_id
  WHERE minute >= ? AND rollup.kind = ?`

const openRowsOfAll = `
  SELECT account.owner_id, account.counts, owner.tenant_name, owner.name FROM account
  LEFT JOIN owner ON owner.kind = account.kind AND owner.id = account.owner_id
  WHERE minute >= ? AND account.kind = ? AND counts != ''`

/** Rows are keyed by minute first, so that writing them only appends: one tenant's are looked up minute by minute. */
const rowsOfTenant = `
  WITH RECURSIVE span (minute) AS (
    SELECT max(?, (SELECT min(minute) FROM rollup))
    UNION ALL SELECT minute + 1 FROM span WHERE minute < (SELECT max(minute) FROM rollup)
  )
  SELECT rollup.*, owner.tenant_name, owner.name FROM span
  CROSS JOIN owner ON owner.kind = ? AND owner.tenant_id = ?
  CROSS JOIN rollup ON rollup.minute = span.minute AND rollup.kind = owner.kind AND rollup.owner_id = owner.id`

const openRowsOfTenant = `
  SELECT account.owner_id, account.counts, owner.tenant_name, owner.name FROM owner
  JOIN account ON account.kind = owner.kind AND account.owner_id = owner.id
  WHERE minute >= ? AND owner.kind = ? AND owner.tenant_id = ? AND counts != ''`

interface OwnersQuery {
  readonly kind: number
  readonly sinceMinute: number
  readonly tenantId: number | undefined
}

function countOwners(folder: string, query: OwnersQuery): StatsRow[] {
  const path = ledgerPath(folder)
  const database = openForReading(path, ledgerKind)
  if (database === undefined) return []
  try {
    // In one transaction: what moves from an account to the rollups meanwhile is seen once.
    const totals = guardStorage(path, () => database.transaction(() => sumOwners(database, query))())
    return [...totals.values()].map(({ row, counts }) => renderRow(row.tenant_name || null, row.name || null, counts))
  } finally {
    database.close()
  }
}

function sumOwners(database: Connection, { kind, sinceMinute, tenantId }: OwnersQuery) {
  const totals = new Map<number, { row: Named; counts: Counts }>()
  const add = (row: Named, counts: Counts): void => {
    const total = totals.get(row.owner_id)
    if (total === undefined) totals.set(row.owner_id, { row, counts })
    else addCounts(total.counts, counts)
  }
  const parameters = tenantId === undefined ? [sinceMinute, kind] : [sinceMinute, kind, tenantId]
  const closed = database.prepare(tenantId === undefined ? rowsOfAll : rowsOfTenant)
  for (const row of closed.iterate(...parameters) as IterableIterator<OwnerRow>) add(row, readCounts(row))
  const open = database.prepare(tenantId === undefined ? openRowsOfAll : openRowsOfTenant)
  for (const row of open.iterate(...parameters) as IterableIterator<OpenRow>) add(row, decodeCounts(row.counts))
  return totals
}

function renderRow(tenant: string | null, name: string | null, counts: Counts): StatsRow {
  const { classes, rejected, faults, bytesIn, bytesOut, buckets } = counts
  const percentile = (share: number): number => Math.round(percentileUs(buckets, share)) / 1_000
  return {
    tenant,
    name,
    requests: classes.reduce((sum, count) => sum + count, 0),
    status_1xx: classes[1],
    status_2xx: classes[2],
    status_3xx: classes[3],
    status_4xx: classes[4],
    status_5xx: classes[5],
    rejected,
    faults,
    bytes_in: bytesIn,
    bytes_out: bytesOut,
    p50_ms: percentile(0.5),
    p95_ms: percentile(0.95),
    p99_ms: percentile(0.99),
  }
}

function compareNames(a: StatsRow, b: StatsRow): number {
  return `${a.tenant}/${a.name}`.localeCompare(`${b.tenant}/${b.name}`)
}
