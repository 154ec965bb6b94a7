import { audit } from '../model/audit.ts'
import { tenant as tenantEntity } from '../model/tenant.ts'
import { writeAudit } from './audit.ts'
import type { readSealedRows } from './audit-chain.ts'
import { decodeRow, columnList } from './row-codec.ts'
import { readLatestRevision } from './read-changes.ts'
import type { Tables } from './tables.ts'

export interface Erasure {
  /** What stands in place of the tenant's name from now on. */
  readonly alias: string
  readonly rows: number
}

/** Who erases, when. */
interface Eraser {
  readonly timeMs: number
  readonly actor: string
}

/** What a tenant that is gone may be called for good; undefined when the trail tells nothing of it. */
export function findAlias(tables: Tables, tenant: string): string | undefined {
  const first = tables.prepare('SELECT min(id) AS id FROM audit WHERE tenant = ?').get(tenant)?.id
  return typeof first === 'number' ? `erased-${first}` : undefined
}

/**
 * Takes everything that the trail tells of a tenant out of it, but for when who did what to which kind of thing, and adds a row
 * that tells of the erasure: without one, rows that lack their values count as tampered with.
 */
export function eraseAudit(tables: Tables, tenant: string, { timeMs, actor }: Eraser): Erasure | undefined {
  const alias = findAlias(tables, tenant)
  if (alias === undefined) return undefined
  const ids = tables
    .prepare('SELECT id FROM audit WHERE tenant = ? ORDER BY id')
    .all(tenant)
    .map(({ id }) => Number(id))
  tables
    .prepare("UPDATE audit SET command = '', name = '', tenant = ?, before = NULL, after = NULL WHERE tenant = ?")
    .run(alias, tenant)
  tables.prepare('UPDATE audit_seal SET salt = NULL WHERE id IN (SELECT id FROM audit WHERE tenant = ?)').run(alias)
  writeAudit(tables, {
    timeMs,
    actor,
    command: `mtlb tenant remove ${alias} --erase`,
    action: 'erase',
    noun: tenantEntity.noun,
    name: alias,
    tenant: alias,
    before: undefined,
    after: { rows: renderRanges(ids) },
    revision: readLatestRevision(tables),
  })
  return { alias, rows: ids.length }
}

/** Which rows may lack their values. */
export interface Erasures {
  covers(row: ReturnType<typeof readSealedRows>[number]): boolean
}

export function readErasures(tables: Tables): Erasures {
  const found = tables
    .prepare(`SELECT ${columnList(audit)} FROM audit WHERE action = 'erase'`)
    .all()
    .map((stored) => decodeRow(audit, stored))
  const aliases = new Map<number, string>()
  for (const { id, name, after } of found) {
    const rows = after?.rows
    if (typeof rows !== 'string') continue
    for (const covered of parseRanges(rows, id)) aliases.set(covered, name)
  }
  return {
    covers: ({ id, told }) => {
      const alias = aliases.get(id)
      return alias !== undefined && told === `,,${Buffer.from(alias).toString('hex').toUpperCase()},-,-,`
    },
  }
}

/** `3-5,9` */
function renderRanges(ids: readonly number[]): string {
  const ranges: { from: number; to: number }[] = []
  for (const id of ids) {
    const last = ranges.at(-1)
    if (last?.to === id - 1) last.to = id
    else ranges.push({ from: id, to: id })
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',')
}

/** Ids below that one; what is no range counts for nothing. */
function* parseRanges(text: string, below: number): Iterable<number> {
  for (const [, from, to = from] of text.matchAll(/(\d+)(?:-(\d+))?/g)) {
    for (let id = Number(from); id <= Number(to) && id < below; id++) yield id
  }
}
