import { existsSync } from 'node:fs'
import type { Database as Connection } from 'better-sqlite3'
import { frame } from '../slab/frame.ts'
import { readRecord } from '../slab/record.ts'
import { decodeFrames } from './chunk.ts'
import { listLogDays, logFilePath } from './day.ts'
import { guardStorage, openForWriting, purge } from './ledger-database.ts'
import { ledgerKind, ledgerPath, ownerKind } from './ledger-file.ts'
import { logFileKind, renderChunk } from './log-file.ts'
import type { ChunkNames } from './name-book.ts'
import { summarizeFrames } from './summary.ts'

/** Whom to erase, and what it is called in what is left. */
export interface ErasedTenant {
  readonly name: string
  readonly alias: string
  readonly ids: readonly number[]
  /** Names and wildcards that it owned: requests for them that no tenant got are in the log, too. */
  readonly hosts: readonly string[]
}

export interface ErasedTraffic {
  records: number
  minutes: number
}

/** How many chunks or how many minutes of statistics go at once: the server writes in between. */
const chunksAtOnce = 100
const minutesAtOnce = 240

/**
 * Takes a tenant that is gone out of log and ledger, beside a server that has been told to record nothing more of it. Its usage
 * stays, as numbers under the alias. Throws UserError `storage`; may be called again, and goes on where it was.
 */
export function eraseTraffic(folder: string, tenant: ErasedTenant): ErasedTraffic {
  const erased = { records: 0, minutes: 0 }
  for (const day of listLogDays(folder)) {
    withFile(logFilePath(folder, day), logFileKind, (database) => {
      erased.records += removeChunks(database, tenant.ids) + removeStrays(database, tenant.hosts)
      purge(database)
    })
  }
  if (!existsSync(ledgerPath(folder))) return erased
  withFile(ledgerPath(folder), ledgerKind, (database) => {
    erased.minutes += removeMinutes(database, tenant.ids)
    renameOwners(database, tenant)
    purge(database)
  })
  return erased
}

function withFile<T>(path: string, kind: typeof ledgerKind, action: (database: Connection) => T): T {
  return guardStorage(path, () => {
    const database = openForWriting(path, kind)
    try {
      return action(database)
    } finally {
      database.close()
    }
  })
}

function removeChunks(database: Connection, tenantIds: readonly number[]): number {
  const remove = database.prepare(`
    DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE tenant_id IN (SELECT value FROM json_each(?)) LIMIT ?)
    RETURNING count`)
  let records = 0
  for (;;) {
    const counts = remove.pluck().all(JSON.stringify(tenantIds), chunksAtOnce) as number[]
    for (const count of counts) records += count
    if (counts.length < chunksAtOnce) return records
  }
}

/** Of requests that no tenant got, those for a host that this one had before or after. */
function removeStrays(database: Connection, hosts: readonly string[]): number {
  const ids = database.prepare('SELECT id FROM chunk WHERE tenant_id = 0').pluck().all() as number[]
  if (hosts.length === 0) return 0
  return ids.reduce(
    (records, id) => records + database.transaction(() => removeStraysOf(database, id, hosts)).immediate(),
    0,
  )
}

interface StoredChunk {
  readonly names: string
  readonly is_compressed: number
  readonly records: Buffer
}

function removeStraysOf(database: Connection, id: number, hosts: readonly string[]): number {
  const stored = database.prepare('SELECT names, is_compressed, records FROM chunk WHERE id = ?').get(id)
  // Merged with others meanwhile: it is in a chunk that the next call finds.
  if (stored === undefined) return 0
  const { names, is_compressed: isCompressed, records } = stored as StoredChunk
  const frames = decodeFrames({ isCompressed, records })
  const kept = filterFrames(frames, (at) => !isAnyOf(hosts, readRecord(frames, at).host))
  if (kept.length === frames.length) return 0
  const before = summarizeFrames(frames).count
  if (kept.length === 0) {
    database.prepare('DELETE FROM chunk WHERE id = ?').run(id)
    return before
  }
  const summary = summarizeFrames(kept)
  const columns = renderChunk({ tenantId: 0, summary, names: JSON.parse(names) as ChunkNames, frames: kept })
  const assignments = Object.keys(columns).map((column) => `${column} = @${column}`)
  database.prepare(`UPDATE chunk SET ${assignments.join(', ')} WHERE id = @id`).run({ ...columns, id })
  return before - summary.count
}

function filterFrames(frames: Buffer, isKept: (at: number) => boolean): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < frames.length;) {
    const end = at + frames.readUInt32LE(at + frame.bytes)
    if (isKept(at)) parts.push(frames.subarray(at, end))
    at = end
  }
  return Buffer.concat(parts)
}

/** A host as a client wrote it: in any case, and perhaps with a port. */
function isAnyOf(hosts: readonly string[], text: string): boolean {
  const host = text.toLowerCase().replace(/:\d*$/, '')
  return hosts.some((name) => (name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name))
}

function removeMinutes(database: Connection, tenantIds: readonly number[]): number {
  const ids = JSON.stringify(tenantIds)
  const span = database.prepare('SELECT min(minute) AS first, max(minute) AS last FROM rollup').get()
  const { first, last } = span as { first: number | null; last: number | null }
  const remove = database.prepare(`
    DELETE FROM rollup WHERE minute >= ? AND minute < ? AND (kind, owner_id) IN
      (SELECT kind, id FROM owner WHERE tenant_id IN (SELECT value FROM json_each(?)))`)
  let minutes = 0
  for (let from = first ?? 0; from <= (last ?? -1); from += minutesAtOnce) {
    minutes += remove.run(from, from + minutesAtOnce, ids).changes
  }
  return minutes
}

/** The usage of routes and keys keeps their ids, which nothing leads to any more. */
function renameOwners(database: Connection, { ids, alias }: ErasedTenant): void {
  database
    .prepare(
      `UPDATE owner SET tenant_name = @alias, name = iif(kind = ${ownerKind.tenant}, @alias, '#' || id)
      WHERE tenant_id IN (SELECT value FROM json_each(@ids))`,
    )
    .run({ alias, ids: JSON.stringify(ids) })
}
