/** How an endpoint that is not careful may read requests. */
interface Habits {
  /** Which field decides where both are there. */
  readonly prefers: 'length' | 'coding'
  /** Which one counts where a field comes several times. */
  readonly takes: 'first' | 'last'
  readonly lineEnd: 'crlf' | 'any'
  /** What it makes of names: as they are, without white space, or as CGI does. */
  readonly names: 'exact' | 'trimmed' | 'cgi'
}

export interface NaiveRequest {
  /** Method and target. */
  readonly start: string
  readonly body: string
}

/** Every combination of habits. */
export const naiveHabits: readonly Habits[] = (['length', 'coding'] as const).flatMap((prefers) =>
  (['first', 'last'] as const).flatMap((takes) =>
    (['crlf', 'any'] as const).flatMap((lineEnd) =>
      (['exact', 'trimmed', 'cgi'] as const).map((names) => ({ prefers, takes, lineEnd, names })),
    ),
  ),
)

/** The requests that such an endpoint finds in these bytes; what is not complete is not among them. */
export function readNaively(bytes: string, habits: Habits): NaiveRequest[] {
  const requests: NaiveRequest[] = []
  for (let at = 0; at < bytes.length;) {
    const headEnd = habits.lineEnd === 'crlf' ? endOf(bytes, at, /\r\n\r\n/g) : endOf(bytes, at, /\n\r?\n/g)
    if (headEnd === -1) break
    const [first, ...lines] = bytes.slice(at, headEnd).split(habits.lineEnd === 'crlf' ? '\r\n' : /\r?\n/)
    const body = readBody(bytes, headEnd, framingOf(lines, habits))
    if (body === undefined) break
    requests.push({ start: first.split(' ').slice(0, 2).join(' '), body: body.content })
    at = body.end
  }
  return requests
}

function framingOf(lines: readonly string[], habits: Habits): number | 'chunked' {
  const length = valueOf(lines, 'content-length', habits)
  const coding = valueOf(lines, 'transfer-encoding', habits)
  const isChunked = coding !== undefined && /chunked/i.test(coding)
  if (isChunked && (habits.prefers === 'coding' || length === undefined)) return 'chunked'
  return length === undefined ? 0 : Number.parseInt(length, 10) || 0
}

function valueOf(lines: readonly string[], name: string, { takes, names }: Habits): string | undefined {
  const isSame = (candidate: string): boolean => {
    const lower = candidate.toLowerCase()
    if (names === 'exact') return lower === name
    return names === 'trimmed' ? lower.trim() === name : lower.replaceAll(/[^a-z0-9]/g, '-') === name
  }
  const found = lines.filter((line) => isSame(line.split(':', 1)[0]))
  const line = takes === 'first' ? found.at(0) : found.at(-1)
  return line?.slice(line.indexOf(':') + 1).trim()
}

function readBody(bytes: string, start: number, framing: number | 'chunked') {
  if (framing === 'chunked') return readChunks(bytes, start)
  const end = start + framing
  return end > bytes.length ? undefined : { content: bytes.slice(start, end), end }
}

/** Whatever ends a line, ends it; whatever stands behind the digits of a size, is ignored. */
function readChunks(bytes: string, start: number) {
  let content = ''
  for (let at = start; ;) {
    const lineEnd = endOf(bytes, at, /\r?\n/g)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(bytes.slice(at, lineEnd), 16) || 0
    if (size === 0) {
      const end = endOf(bytes, lineEnd, /(?<=\n)\r?\n/g)
      return end === -1 ? undefined : { content, end }
    }
    content += bytes.slice(lineEnd, lineEnd + size)
    at = endOf(bytes, lineEnd + size, /\r?\n/g)
    if (at === -1) return undefined
  }
}

/** Behind the first match from `at` on; -1 without one. */
function endOf(bytes: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at
  const match = pattern.exec(bytes)
  return match === null ? -1 : match.index + match[0].length
}
