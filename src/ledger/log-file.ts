import type { Database as Connection, Statement } from 'better-sqlite3'
import { encodeFrames, fullChunkRecords } from './chunk.ts'
import { logFilePath } from './day.ts'
import type { Day } from './day.ts'
import { openForReading, openForWriting } from './ledger-database.ts'
import type { FileKind } from './ledger-database.ts'
import type { ChunkNames } from './name-book.ts'
import { encodeBuckets } from './sparse-buckets.ts'
import type { Summary } from './summary.ts'

export const logFileKind: FileKind = {
  applicationId: 0x6d74_6c67,
  version: 1,
  schema: `
    CREATE TABLE chunk (
      id            INTEGER PRIMARY KEY, -- ascending in the order of writing, never used again
      level         INTEGER NOT NULL,    -- 0 fresh, will be merged; 1 stays
      from_id       INTEGER NOT NULL,    -- the fresh chunks that are in it, oldest
      through_id    INTEGER NOT NULL,    -- and newest; both are its own id when it was never merged
      tenant_id     INTEGER NOT NULL,    -- 0 none
      first_ms      INTEGER NOT NULL,
      last_ms       INTEGER NOT NULL,
      count         INTEGER NOT NULL,
      slowest_us    INTEGER NOT NULL,
      statuses      TEXT NOT NULL,       -- ',200,404,'
      codes         TEXT NOT NULL,       -- ',rate_limited,'
      by_status     TEXT NOT NULL,       -- JSON: [minute, status, requests, rejected, bytes in, bytes out, histogram] each
      names         TEXT NOT NULL,       -- JSON: names by id as they were when the records were written
      is_compressed INTEGER NOT NULL,
      records       BLOB NOT NULL        -- frames (src/slab/frame.ts), zstd when compressed
    ) STRICT;
    CREATE INDEX chunk_by_tenant ON chunk (tenant_id, last_ms, first_ms);
    CREATE INDEX chunk_by_time ON chunk (last_ms, first_ms);
    CREATE INDEX chunk_by_level ON chunk (level, tenant_id);
  `,
}

const minFileBytes = 2 ** 20
const maxShrinkBytes = 100 * 2 ** 20

/** Room above the bound for what comes between two calls of `shrink`, and for the largest commit there can be. */
const burstBytes = 256 * 2 ** 20

/** A chunk that is about to be written. */
export interface NewChunk {
  readonly tenantId: number
  readonly summary: Summary
  readonly names: ChunkNames
  readonly frames: Buffer
}

/** The log of one UTC day, open for its only writer. */
export class LogFile {
  readonly day: Day
  readonly database: Connection
  readonly #insert: Statement
  readonly #commits: { readonly firstId: number; readonly writtenUs: number }[]
  readonly #maxBytes: number
  #nextId: number

  /** `maxBytes` is where `shrink` brings it; between two calls it may grow a little beyond, then it counts as full. */
  constructor(folder: string, day: Day, { nowUs, maxBytes }: { nowUs: number; maxBytes: number }) {
    this.day = day
    this.database = openForWriting(logFilePath(folder, day), logFileKind)
    this.#maxBytes = Math.max(maxBytes, minFileBytes)
    try {
      this.database.pragma(`max_page_count = ${Math.ceil((this.#maxBytes + burstBytes) / this.#pragma('page_size'))}`)
      this.#insert = this.database.prepare(`
        INSERT INTO chunk (id, level, from_id, through_id, tenant_id, first_ms, last_ms, count, slowest_us, statuses, codes,
          by_status, names, is_compressed, records) VALUES (@id, @level, @from_id, @through_id, @tenant_id, @first_ms,
          @last_ms, @count, @slowest_us, @statuses, @codes, @by_status, @names, @is_compressed, @records)`)
      this.#nextId = 1 + Number(this.database.prepare('SELECT coalesce(max(id), 0) FROM chunk').pluck().get())
    } catch (error) {
      // It is tried again every second.
      this.close()
      throw error
    }
    this.#commits = [{ firstId: this.#nextId, writtenUs: nowUs }]
  }

  /** The id that the next chunk will have. Readers follow the log by these. */
  get nextId(): number {
    return this.#nextId
  }

  /** Appends a chunk, fresh unless `merged` says which fresh chunks are in it. Only within `commit`. */
  insert(chunk: NewChunk, merged?: { fromId: number; throughId: number }): void {
    const id = this.#nextId
    const level = merged !== undefined || chunk.summary.count >= fullChunkRecords ? 1 : 0
    const place = { id, level, from_id: merged?.fromId ?? id, through_id: merged?.throughId ?? id }
    this.#insert.run({ ...place, ...renderChunk(chunk) })
    this.#nextId = id + 1
  }

  /** Does everything in `write` or nothing of it. */
  commit(write: () => void, nowUs: number): void {
    const firstId = this.#nextId
    try {
      this.database.transaction(write).immediate()
    } catch (error) {
      this.#nextId = firstId
      throw error
    }
    this.#commits.push({ firstId: this.#nextId, writtenUs: nowUs })
  }

  /** All chunks below this id were written at that time or before. */
  idWrittenAfter(us: number): number {
    while (this.#commits.length > 1 && this.#commits[1].writtenUs <= us) this.#commits.shift()
    return this.#commits[0].writtenUs <= us ? this.#commits[0].firstId : 0
  }

  /** Removes the oldest chunks when all take more than `maxBytes`: some 100 MiB at once. Their room is used again. */
  shrink(): void {
    const excess = this.#usedBytes() - this.#maxBytes
    if (excess <= 0) return
    const oldest = this.database.prepare('SELECT id, length(records) AS bytes FROM chunk ORDER BY id')
    let lastId = 0
    let bytes = 0
    for (const chunk of oldest.iterate() as IterableIterator<{ id: number; bytes: number }>) {
      lastId = chunk.id
      bytes += chunk.bytes
      if (bytes >= Math.min(excess, maxShrinkBytes)) break
    }
    this.database.prepare('DELETE FROM chunk WHERE id <= ?').run(lastId)
  }

  close(): void {
    this.database.close()
  }

  #usedBytes(): number {
    const pages = this.#pragma('page_count') - this.#pragma('freelist_count')
    return pages * this.#pragma('page_size')
  }

  #pragma(name: string): number {
    return Number(this.database.pragma(name, { simple: true }))
  }
}

/** Undefined when that day has no log (any more). Throws UserError `storage`. */
export function openLogForReading(folder: string, day: Day): Connection | undefined {
  return openForReading(logFilePath(folder, day), logFileKind)
}

/** What the columns of a chunk say, but for its place among the others. */
export function renderChunk({ tenantId, summary, names, frames }: NewChunk) {
  const { isCompressed, records } = encodeFrames(frames)
  return {
    tenant_id: tenantId,
    first_ms: summary.firstMs,
    last_ms: summary.lastMs,
    count: summary.count,
    slowest_us: Math.round(summary.slowestUs),
    statuses: `,${[...summary.statuses].join(',')},`,
    codes: `,${[...summary.codes].join(',')},`,
    by_status: renderStatusCounts(summary),
    names: JSON.stringify(names),
    is_compressed: isCompressed,
    records,
  }
}

function renderStatusCounts({ byStatus }: Summary): string {
  return JSON.stringify(
    byStatus.map(({ minute, status, requests, rejected, bytesIn, bytesOut, buckets }) => [
      minute,
      status,
      requests,
      rejected,
      bytesIn,
      bytesOut,
      encodeBuckets(buckets),
    ]),
  )
}
