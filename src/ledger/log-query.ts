import type { Database as Connection } from 'better-sqlite3'
import { UserError } from '../kit/user-error.ts'
import { requestIdTimeMs } from '../kit/uuid7.ts'
import { dayMs, dayStartMs, listLogDays, logFilePath } from './day.ts'
import type { Day } from './day.ts'
import { findTenantId } from './find-tenant-id.ts'
import { guardStorage } from './ledger-database.ts'
import { openLogForReading } from './log-file.ts'
import { compileLogFilter } from './log-filter.ts'
import type { CompiledFilter, LogFilter } from './log-filter.ts'
import type { LogLine } from './log-line.ts'
import { firstWindow, lastWindow, readWindow } from './log-window.ts'
import type { Span } from './log-window.ts'

export type { LogFilter } from './log-filter.ts'
export type { LogLine } from './log-line.ts'

/** How far a request id's time may be from its record's. */
const requestIdSlackMs = 10_000

/** Chunks that a page takes its records from, roughly: they are decoded at once. */
const mostChunks = 64

/**
 * Lines of the traffic log by time, oldest first; with a limit the newest ones. Reads the files while a server writes
 * them and when none runs, page by page: nothing is held open between two lines. Throws UserError `usage` or `storage`.
 */
export function queryLog(folder: string, filter: LogFilter): Iterable<LogLine> {
  const tenantId = filter.tenant === undefined ? undefined : findTenantId(folder, filter.tenant)
  if (filter.tenant !== undefined && tenantId === undefined) return []
  const search: Search = {
    folder,
    filter: compileLogFilter(filter, tenantId),
    span: { fromMs: filter.sinceMs ?? 0, toMs: filter.untilMs ?? Number.MAX_SAFE_INTEGER },
  }
  if (filter.requestId !== undefined) return findRequest(search, filter.requestId)
  return filter.limit === undefined ? readForwards(search) : readLast(search, filter.limit)
}

interface Search {
  readonly folder: string
  readonly filter: CompiledFilter
  readonly span: Span
}

/** A request id tells when it was made, which leads to few chunks; all are read when the record is not there. */
function findRequest(search: Search, requestId: string): Iterable<LogLine> {
  const { span } = search
  const madeMs = requestIdTimeMs(requestId)
  if (madeMs === undefined) return readForwards(search)
  const near = {
    fromMs: Math.max(span.fromMs, madeMs - requestIdSlackMs),
    toMs: Math.min(span.toMs, madeMs + requestIdSlackMs),
  }
  const found = [...readForwards({ ...search, span: near })]
  return found.length > 0 ? found : readForwards(search)
}

function* readForwards({ folder, filter, span }: Search): Iterable<LogLine> {
  for (const day of daysWithin(folder, span)) {
    let left = clip(span, day)
    while (left.fromMs < left.toMs) {
      const { lines, window } = withLog(folder, day, (database) => {
        const window = firstWindow(database, filter, { span: left, chunks: mostChunks })
        return { window, lines: readWindow(database, filter, window) }
      }) ?? { lines: [], window: left }
      yield* lines
      left = { fromMs: window.toMs, toMs: left.toMs }
    }
  }
}

/** Collects from the end; pages grow, because most often the first few chunks are enough. */
function readLast({ folder, filter, span }: Search, limit: number): LogLine[] {
  const pages: LogLine[][] = []
  let found = 0
  let chunks = 4
  for (const day of daysWithin(folder, span).toReversed()) {
    withLog(folder, day, (database) => {
      let left = clip(span, day)
      while (left.fromMs < left.toMs && found < limit) {
        const window = lastWindow(database, filter, { span: left, chunks })
        const lines = readWindow(database, filter, window)
        pages.unshift(lines)
        found += lines.length
        left = { fromMs: left.fromMs, toMs: window.fromMs }
        chunks = Math.min(mostChunks, chunks * 2)
      }
    })
    if (found >= limit) break
  }
  return limit === 0 ? [] : pages.flat().slice(-limit)
}

function daysWithin(folder: string, { fromMs, toMs }: Span): Day[] {
  return listLogDays(folder).filter((day) => dayStartMs(day) < toMs && dayStartMs(day) + dayMs > fromMs)
}

function clip(span: Span, day: Day): Span {
  const startMs = dayStartMs(day)
  return { fromMs: Math.max(span.fromMs, startMs), toMs: Math.min(span.toMs, startMs + dayMs) }
}

/** Runs something against a day's log; undefined when there is none (any more). Throws UserError `storage`. */
export function withLog<T>(folder: string, day: Day, action: (database: Connection) => T): T | undefined {
  const database = openLogForReading(folder, day)
  if (database === undefined) return undefined
  try {
    return guardStorage(logFilePath(folder, day), () => action(database))
  } catch (error) {
    throw error instanceof UserError ? error : createUnreadable(folder, day, error)
  } finally {
    database.close()
  }
}

/** SQLite does not check what is in a blob: damage there shows when it is decompressed or taken apart. */
function createUnreadable(folder: string, day: Day, error: unknown): UserError {
  const reason = error instanceof Error ? error.message : String(error)
  return new UserError('storage', `'${logFilePath(folder, day)}' is damaged: ${reason}`, 'Move it elsewhere.')
}
