import type { Database as Connection } from 'better-sqlite3'
import { frame } from '../slab/frame.ts'
import { decodeFrames } from './chunk.ts'
import type { CompiledFilter } from './log-filter.ts'
import { renderLogLine } from './log-line.ts'
import type { LogLine } from './log-line.ts'
import type { ChunkNames } from './name-book.ts'

/** Times in ms: from `fromMs` up to `toMs`, exclusive. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** A row of `chunk` as far as its records are read. */
export interface ChunkRow {
  readonly names: string
  readonly is_compressed: number
  readonly records: Buffer
}

/** A span to be read, and how many chunks are to be read of it at once. */
export interface Page {
  readonly span: Span
  readonly chunks: number
}

/** The last part of a span that some `chunks` chunks end in: a page when reading backwards. */
export function lastWindow(database: Connection, filter: CompiledFilter, page: Page): Span {
  const fromMs = findBound(database, filter, { ...page, order: 'DESC' })
  return { fromMs: fromMs ?? page.span.fromMs, toMs: page.span.toMs }
}

/** The first part of a span that some `chunks` chunks end in: a page when reading forwards. */
export function firstWindow(database: Connection, filter: CompiledFilter, page: Page): Span {
  const lastMs = findBound(database, filter, { ...page, order: 'ASC' })
  return { fromMs: page.span.fromMs, toMs: lastMs === undefined ? page.span.toMs : lastMs + 1 }
}

/**
 * The lines of a window by time. Pages are cut by the records' time and not by chunk: a record has one time, whichever
 * chunk it is in, so a page that is read after a compaction neither repeats nor misses any. One statement reads a page.
 */
export function readWindow(database: Connection, filter: CompiledFilter, { fromMs, toMs }: Span): LogLine[] {
  const rows = database
    .prepare(`SELECT names, is_compressed, records FROM chunk WHERE ${filter.sql} AND last_ms >= ? AND first_ms < ?`)
    .all(...filter.parameters, fromMs, toMs) as ChunkRow[]
  const lines = rows.flatMap((row) =>
    readLines(row, filter, (frames, at) => {
      const timeMs = frames.readDoubleLE(at + frame.timeMs)
      return timeMs >= fromMs && timeMs < toMs
    }),
  )
  return sortLines(lines)
}

/** The lines of a chunk that pass the filter and, before they are decoded, `isWanted`. */
export function readLines(
  row: ChunkRow,
  filter: CompiledFilter,
  isWanted: (frames: Buffer, at: number) => boolean,
): LogLine[] {
  const frames = decodeFrames({ isCompressed: row.is_compressed, records: row.records })
  const names = JSON.parse(row.names) as ChunkNames
  const lines: LogLine[] = []
  for (let at = 0; at < frames.length; at += frames.readUInt32LE(at + frame.bytes)) {
    if (!isWanted(frames, at) || !filter.mayMatch(frames, at)) continue
    const line = renderLogLine(frames, at, names)
    if (filter.matches(line)) lines.push(line)
  }
  return lines
}

/** By time, then by request id: times and UUIDv7s sort as text. */
export function sortLines(lines: LogLine[]): LogLine[] {
  return lines.toSorted((a, b) => compare(a.time, b.time) || compare(a.request_id, b.request_id))
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** When the last chunk of the page ends; undefined when the span has fewer. */
function findBound(
  database: Connection,
  filter: CompiledFilter,
  { span, chunks, order }: Page & { readonly order: 'ASC' | 'DESC' },
): number | undefined {
  const ending = `${filter.sql} AND last_ms >= ? AND last_ms < ? ORDER BY last_ms ${order}`
  return database
    .prepare(`SELECT last_ms FROM chunk WHERE ${ending} LIMIT 1 OFFSET ${chunks - 1}`)
    .pluck()
    .get(...filter.parameters, span.fromMs, span.toMs) as number | undefined
}
