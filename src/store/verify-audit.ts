import { chainStart, digestTold, linkRow, readSealedRows } from './audit-chain.ts'
import { readErasures } from './erase-audit.ts'
import type { Tables } from './tables.ts'

export interface AuditVerdict {
  /** Rows that were looked at, up to the first that is not as it was written. */
  readonly rows: number
  /** Those of them whose values were erased. */
  readonly erased: number
  /** The last link of the chain: whoever notes it elsewhere knows later that nothing before was rewritten or cut off. */
  readonly head: string
  readonly tampered: { readonly id: number; readonly reason: string } | undefined
}

/** In place of an id: no row by itself is to blame. */
export const wholeTrail = 0

type Sealed = ReturnType<typeof readSealedRows>[number]

/** Goes through the whole trail and stops at the first row that is not as it was written, or at the end without the noted head. */
export function verifyAudit(tables: Tables, notedHead?: string): AuditVerdict {
  const erasures = readErasures(tables)
  let bare: AuditVerdict['tampered']
  let head = chainStart
  let rows = 0
  let erased = 0
  let isNoted = notedHead === undefined
  for (const row of iterateRows(tables)) {
    const reason = findTampering(row, { before: head, expectedId: rows + 1 })
    if (reason !== undefined) return { rows, erased, head, tampered: reason }
    rows += 1
    if (row.seal?.salt === undefined) {
      erased += 1
      // Named last: where the row that tells of the erasure is not as it was written, it is that one.
      if (!erasures.covers(row)) bare ??= { id: row.id, reason: 'its values were removed, and no erasure tells of it' }
    }
    head = row.seal?.chain ?? head
    isNoted ||= head === notedHead
  }
  const isSealAlone = tables.prepare('SELECT id FROM audit_seal WHERE id > ? ORDER BY id LIMIT 1').get(rows)
  const lastId = tables.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").get()?.seq ?? 0
  const isCut = isSealAlone !== undefined || Number(lastId) !== rows
  if (isCut) return { rows, erased, head, tampered: { id: rows + 1, reason: 'it is missing' } }
  if (bare !== undefined) return { rows, erased, head, tampered: bare }
  const rewritten = {
    id: wholeTrail,
    reason: 'the noted head is not in the chain: it or a row after it was rewritten or cut off',
  }
  return { rows, erased, head, tampered: isNoted ? undefined : rewritten }
}

function findTampering(
  row: Sealed,
  { before, expectedId }: { readonly before: string; readonly expectedId: number },
): AuditVerdict['tampered'] {
  const { id, seal } = row
  // Ids are given one after the other, and a change that is not committed gives its own back.
  if (id !== expectedId) return { id: expectedId, reason: id < expectedId ? 'its id was changed' : 'it is missing' }
  if (seal === undefined) return { id, reason: 'its seal is missing' }
  if (linkRow(before, row, seal.digest) !== seal.chain) {
    return { id, reason: 'its time, actor, action, noun, revision or seal was changed, or the row before it' }
  }
  if (seal.salt === undefined || digestTold(seal.salt, row) === seal.digest) return undefined
  return { id, reason: 'its command, tenant, name or values were changed' }
}

const pageRows = 1_000

function* iterateRows(tables: Tables): Iterable<Sealed> {
  let afterId = -Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = readSealedRows(tables, { afterId, count: pageRows })
    yield* page
    if (page.length < pageRows) return
    afterId = page[page.length - 1].id
  }
}
