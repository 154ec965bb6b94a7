import { UserError } from '../kit/user-error.ts'
import { frame } from '../slab/frame.ts'
import type { LogLine } from './log-line.ts'

/** Which lines are wanted; all that is given must hold. */
export interface LogFilter {
  /** Name; the newest tenant that has or had it last. */
  readonly tenant?: string
  /** From then on. */
  readonly sinceMs?: number
  /** Up to then, exclusive. */
  readonly untilMs?: number
  /** Statuses and classes: `5xx`, `429`, `4xx,503`. */
  readonly status?: string
  readonly method?: string
  /** With a slash first: the path begins so. Otherwise: it contains this. Upper and lower case differ. */
  readonly path?: string
  readonly code?: string
  readonly requestId?: string
  /** At most so many, the newest ones. */
  readonly limit?: number
}

/** A filter made ready: for SQL to skip chunks by their summary, then for frames, then for lines. */
export interface CompiledFilter {
  /** Conditions on `chunk`, joined by AND, and what they are given. */
  readonly sql: string
  readonly parameters: readonly (string | number)[]
  /** Looks at the head of a frame only. */
  mayMatch(frames: Buffer, at: number): boolean
  matches(line: LogLine): boolean
}

/** Throws UserError `usage` for a status that is neither a number nor a class. */
export function compileLogFilter(filter: LogFilter, tenantId: number | undefined): CompiledFilter {
  const ranges = filter.status === undefined ? undefined : parseStatuses(filter.status)
  const requestId = filter.requestId === undefined ? undefined : Buffer.from(filter.requestId, 'latin1')
  const conditions = ['1']
  const parameters: (string | number)[] = []
  if (tenantId !== undefined) {
    conditions.push('tenant_id = ?')
    parameters.push(tenantId)
  }
  if (ranges !== undefined) {
    conditions.push(`(${ranges.map(() => 'statuses LIKE ?').join(' OR ')})`)
    parameters.push(...ranges.map(({ pattern }) => `%,${pattern},%`))
  }
  if (filter.code !== undefined) {
    conditions.push('instr(codes, ?) > 0')
    parameters.push(`,${filter.code},`)
  }
  return {
    sql: conditions.join(' AND '),
    parameters,
    mayMatch: (frames, at) => {
      if (requestId !== undefined && !hasRequestId(frames, at, requestId)) return false
      if (ranges === undefined) return true
      const status = frames.readUInt16LE(at + frame.status)
      return ranges.some(({ from, to }) => status >= from && status <= to)
    },
    matches: (line) => matchesLine(filter, line),
  }
}

interface StatusRange {
  readonly from: number
  readonly to: number
  /** For SQL's LIKE. */
  readonly pattern: string
}

function parseStatuses(text: string): StatusRange[] {
  return text.split(',').map((part) => {
    const word = part.trim().toLowerCase()
    if (/^[1-5]xx$/.test(word)) {
      const from = Number(word[0]) * 100
      return { from, to: from + 99, pattern: `${word[0]}__` }
    }
    if (/^([1-5]\d\d|0)$/.test(word)) return { from: Number(word), to: Number(word), pattern: word }
    throw new UserError('usage', `'${part}' is not a status`, "Write '429', '5xx' or '4xx,503'.")
  })
}

/** From the end, where ids differ: one comparison tells most of them apart, and no record is decoded in vain. */
function hasRequestId(frames: Buffer, at: number, wanted: Buffer): boolean {
  if (frames[at + frame.requestIdBytes] !== wanted.length) return false
  for (let i = wanted.length - 1; i >= 0; i--) if (frames[at + frame.text + i] !== wanted[i]) return false
  return true
}

function matchesLine({ method, path, code }: LogFilter, line: LogLine): boolean {
  if (method !== undefined && line.method !== method.toUpperCase()) return false
  if (code !== undefined && line.code !== code) return false
  if (path === undefined) return true
  return path.startsWith('/') ? line.path.startsWith(path) : line.path.includes(path)
}
