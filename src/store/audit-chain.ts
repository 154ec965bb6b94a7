import { randomBytes } from 'node:crypto'
import { sha256Hex } from '../kit/digest.ts'
import type { Tables } from './tables.ts'

/** A row of the trail as it is sealed: in two parts, because the second may have to be erased and the first never. */
interface SealedRow {
  readonly id: number
  /** When, who, what was done to what kind of thing, at which revision. */
  readonly kept: string
  /** Command, tenant, name and values. */
  readonly told: string
}

export interface Seal {
  readonly salt: string | undefined
  readonly digest: string
  readonly chain: string
}

/** What the chain begins with, before the first row. */
export const chainStart = ''

/** Seals a row that was just written: its link is made of itself and of the link before. */
export function sealAudit(tables: Tables, id: number): void {
  const [row] = readSealedRows(tables, { afterId: id - 1, count: 1 })
  const before = tables.prepare('SELECT chain FROM audit_seal WHERE id < ? ORDER BY id DESC LIMIT 1').get(id)
  const salt = randomBytes(16).toString('hex')
  const digest = digestTold(salt, row)
  const chain = linkRow(String(before?.chain ?? chainStart), row, digest)
  tables.prepare('INSERT INTO audit_seal (id, salt, digest, chain) VALUES (?, ?, ?, ?)').run(id, salt, digest, chain)
}

/** Without the salt nobody can find out by trying what the values were. */
export function digestTold(salt: string, { told }: SealedRow): string {
  return sha256Hex(`${salt} ${told}`)
}

export function linkRow(before: string, { id, kept }: SealedRow, digest: string): string {
  return sha256Hex(`${before} ${id} ${kept} ${digest}`)
}

/** The next rows with their seals, in the order of ids; every byte of every column counts, whatever its encoding. */
export function readSealedRows(
  tables: Tables,
  { afterId, count }: { readonly afterId: number; readonly count: number },
): readonly (SealedRow & { readonly seal: Seal | undefined; readonly tenant: string | undefined })[] {
  const rows = tables
    .prepare(
      `SELECT audit.id, ${inHex(['time_ms', 'actor', 'action', 'noun', 'revision'])} AS kept,
        ${inHex(['command', 'name', 'tenant', 'before', 'after'])} AS told, tenant, salt, digest, chain
      FROM audit LEFT JOIN audit_seal ON audit_seal.id = audit.id WHERE audit.id > ? ORDER BY audit.id LIMIT ?`,
    )
    .all(afterId, count)
  return rows.map(({ id, kept, told, tenant, salt, digest, chain }) => ({
    id: Number(id),
    kept: String(kept),
    told: String(told),
    tenant: textOf(tenant),
    seal: digest === null ? undefined : { salt: textOf(salt), digest: String(digest), chain: String(chain) },
  }))
}

/** `6163,-,`: no two rows have the same text. */
function inHex(columns: readonly string[]): string {
  return columns.map((column) => `iif(${column} IS NULL, '-', hex(${column})) || ','`).join(' || ')
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
