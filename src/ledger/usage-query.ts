import type { Database as Connection, Statement } from 'better-sqlite3'
import { decodeCounts } from './counts.ts'
import { guardStorage, openForReading } from './ledger-database.ts'
import { ledgerKind, ledgerPath, ownerKind } from './ledger-file.ts'
import type { AccountRow } from './ledger-file.ts'
import { addUsage, createUsage, decodeUsage, sumUsage } from './usage.ts'
import type { Usage } from './usage.ts'

const hourMs = 3_600_000

/** From a time on, before another one. */
export interface Span {
  readonly startMs: number
  readonly endMs: number
}

export interface UsageQuery {
  /** Of this tenant alone; 0 is traffic of nobody. */
  readonly tenantId?: number | undefined
  readonly of: 'tenant' | 'route' | 'key'
  /** When: an hour counts where it begins. Asked once for each tenant. */
  readonly spanOf: (tenant: { readonly id: number; readonly name: string }) => Span
  /** Into what an owner's hours are sorted: all into one unless given. */
  readonly groupOf?: (startMs: number, tenant: { readonly id: number; readonly name: string }) => string
}

/** What one owner used in one group of hours. */
export interface UsedBy {
  readonly tenantId: number
  /** Empty for traffic of nobody. */
  readonly tenant: string
  /** Of the tenant, route or key. */
  readonly id: number
  readonly name: string
  readonly group: string
  readonly usage: Usage
}

interface OwnerRow {
  readonly id: number
  readonly tenant_id: number
  readonly tenant_name: string
  readonly name: string
}

interface UsageRow {
  readonly hour: number
  readonly requests: number
  readonly rejected: number
  readonly bytes_in: number
  readonly bytes_out: number
  readonly endpoint_us: number
  readonly reasons: string
}

/** What was used, the second under way included as far as the recorder has got; only who used something. Throws UserError `storage`. */
export function queryUsage(folder: string, query: UsageQuery): UsedBy[] {
  const path = ledgerPath(folder)
  const database = openForReading(path, ledgerKind)
  if (database === undefined) return []
  try {
    // In one transaction: what moves from an account to the usage meanwhile is seen once.
    return guardStorage(path, () => database.transaction(() => sumOwners(database, query))())
  } finally {
    database.close()
  }
}

function sumOwners(database: Connection, query: UsageQuery): UsedBy[] {
  const kind = ownerKind[query.of]
  const closed = database.prepare('SELECT * FROM usage WHERE kind = ? AND owner_id = ? AND hour >= ? AND hour < ?')
  const open = database.prepare('SELECT * FROM account WHERE kind = ? AND owner_id = ?')
  return listOwners(database, kind, query.tenantId).flatMap((owner) => {
    const tenant = { id: owner.tenant_id, name: owner.tenant_name }
    const groups = new Map<string, Usage>()
    for (const [hour, usage] of readHours({ closed, open }, { kind, id: owner.id, span: query.spanOf(tenant) })) {
      const group = query.groupOf?.(hour * hourMs, tenant) ?? ''
      const sum = groups.get(group) ?? createUsage()
      groups.set(group, sum)
      addUsage(sum, usage)
    }
    return [...groups].map(([group, usage]) => ({
      tenantId: tenant.id,
      tenant: tenant.name,
      id: owner.id,
      name: owner.name,
      group,
      usage,
    }))
  })
}

function listOwners(database: Connection, kind: number, tenantId: number | undefined): OwnerRow[] {
  const all = 'SELECT id, tenant_id, tenant_name, name FROM owner WHERE kind = ?'
  const rows =
    tenantId === undefined
      ? database.prepare(`${all} ORDER BY tenant_name, name, id`).all(kind)
      : database.prepare(`${all} AND tenant_id = ? ORDER BY name, id`).all(kind, tenantId)
  return rows as OwnerRow[]
}

interface Statements {
  readonly closed: Statement
  readonly open: Statement
}

function readHours(
  { closed, open }: Statements,
  { kind, id, span }: { kind: number; id: number; span: Span },
): (readonly [hour: number, usage: Usage])[] {
  const [first, after] = [Math.ceil(span.startMs / hourMs), Math.ceil(span.endMs / hourMs)]
  const hours = (closed.all(kind, id, first, after) as UsageRow[]).map((row) => [row.hour, readUsage(row)] as const)
  const account = open.get(kind, id) as AccountRow | undefined
  const hour = account === undefined ? -1 : Math.floor(account.minute / 60)
  if (account === undefined || hour < first || hour >= after) return hours
  const { usage, counts } = account
  const underWay = sumUsage(decodeUsage(usage), counts === '' ? undefined : decodeCounts(counts))
  return underWay === undefined ? hours : [...hours, [hour, underWay]]
}

function readUsage({ requests, rejected, bytes_in, bytes_out, endpoint_us, reasons }: UsageRow): Usage {
  return {
    requests,
    rejected,
    bytesIn: bytes_in,
    bytesOut: bytes_out,
    endpointTimeUs: endpoint_us,
    reasons: new Map(Object.entries(JSON.parse(reasons) as Record<string, number>)),
  }
}
