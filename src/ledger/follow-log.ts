import type { Database as Connection } from 'better-sqlite3'
import { frame } from '../slab/frame.ts'
import { listLogDays } from './day.ts'
import type { Day } from './day.ts'
import { findTenantId } from './find-tenant-id.ts'
import { compileLogFilter } from './log-filter.ts'
import type { CompiledFilter, LogFilter } from './log-filter.ts'
import type { LogLine } from './log-line.ts'
import { queryLog, withLog } from './log-query.ts'
import { readLines, sortLines } from './log-window.ts'
import type { ChunkRow } from './log-window.ts'

/** Fresh chunks that are read at once; who was away for long catches up in such steps. */
const stepChunks = 256

/**
 * The newest `filter.limit` lines (none without a limit), then every new one as it is written, also after midnight.
 * Looks again whenever `wait` says true and ends when it says false. Every record knows the fresh chunk it came in, so
 * none is shown twice or missed, however much was merged between two looks. Throws UserError `usage` or `storage`.
 */
export async function* followLog(
  folder: string,
  filter: LogFilter,
  wait: () => Promise<boolean>,
): AsyncIterable<LogLine> {
  const days = new FollowedDays(folder)
  const tail = [...queryLog(folder, { ...filter, limit: filter.limit ?? 0 })]
  yield* tail
  // Records that came between the two looks at the file are in both.
  let shown = new Set(tail.map(identify))
  let isWaiting = true
  while (isWaiting) {
    const compiled = compileForTenant(folder, filter)
    for (const step of compiled === undefined ? [] : days.read(compiled)) {
      for (const line of step) if (!shown.has(identify(line))) yield line
    }
    shown = new Set()
    isWaiting = await wait()
  }
}

/** Undefined while the tenant has never been heard of. */
function compileForTenant(folder: string, filter: LogFilter): CompiledFilter | undefined {
  if (filter.tenant === undefined) return compileLogFilter(filter, undefined)
  const tenantId = findTenantId(folder, filter.tenant)
  return tenantId === undefined ? undefined : compileLogFilter(filter, tenantId)
}

/** How far each day's file has been read: up to which fresh chunk. */
class FollowedDays {
  readonly #folder: string
  readonly #first: Day
  readonly #seen = new Map<Day, number>()

  constructor(folder: string) {
    this.#folder = folder
    const days = listLogDays(folder).slice(-2)
    this.#first = days[0] ?? ''
    for (const day of days) this.#seen.set(day, withLog(folder, day, findNewestId) ?? 0)
  }

  /** New lines, in steps. The day before is looked at as well: long exchanges that began in it end up there. */
  *read(filter: CompiledFilter): Iterable<LogLine[]> {
    for (const day of listLogDays(this.#folder).slice(-2)) {
      if (day < this.#first) continue
      let hasMore = true
      while (hasMore) {
        const step = withLog(this.#folder, day, (database) => this.#readStep(database, day, filter))
        hasMore = step !== undefined && step.hasMore
        if (step !== undefined) yield step.lines
      }
    }
  }

  #readStep(database: Connection, day: Day, filter: CompiledFilter): { lines: LogLine[]; hasMore: boolean } {
    const newest = findNewestId(database)
    const found = this.#seen.get(day) ?? 0
    // A file that was put aside began again.
    const seen = found > newest ? 0 : found
    const through = Math.min(newest, seen + stepChunks)
    this.#seen.set(day, through)
    if (through === seen) return { lines: [], hasMore: false }
    const rows = database
      .prepare(
        `SELECT names, is_compressed, records FROM chunk
         WHERE ${filter.sql} AND id > ? AND through_id > ? AND from_id <= ?`,
      )
      .all(...filter.parameters, seen, seen, through) as ChunkRow[]
    const lines = rows.flatMap((row) =>
      readLines(row, filter, (frames, at) => {
        const freshId = frames.readUInt32LE(at + frame.freshId)
        return freshId > seen && freshId <= through
      }),
    )
    return { lines: sortLines(lines), hasMore: through < newest }
  }
}

function findNewestId(database: Connection): number {
  return Number(database.prepare('SELECT coalesce(max(id), 0) FROM chunk').pluck().get())
}

function identify({ time, request_id }: LogLine): string {
  return `${time} ${request_id}`
}
