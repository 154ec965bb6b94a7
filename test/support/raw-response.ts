/** One answer as a test sees it; strings are latin1. */
export interface RawResponse {
  readonly status: number
  readonly reason: string
  /** Names in lower case; repeated fields joined by a comma and a space. */
  readonly fields: ReadonlyMap<string, string>
  /** The head as it came, with its final empty line. */
  readonly rawHead: string
  readonly body: Buffer
  /** Of head and body on the wire. */
  readonly byteLength: number
}

interface Body {
  readonly content: Buffer
  readonly end: number
}

/**
 * Reads the first answer in `bytes`; undefined while more is needed. A parser of its own, as plain as can be, so that a mistake of
 * the product's is not repeated here. Throws on what no test should ever receive.
 */
export function readRawResponse(bytes: Buffer, method: string, isClosed: boolean): RawResponse | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const rawHead = bytes.toString('latin1', 0, headEnd + 4)
  const [statusLine, ...lines] = rawHead.slice(0, -4).split('\r\n')
  const match = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(statusLine)
  if (!match) throw new Error(`not a status line: ${JSON.stringify(statusLine)}`)
  const status = Number(match[1])
  const fields = readFields(lines)
  const isBodyless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  const body = isBodyless
    ? { content: Buffer.alloc(0), end: headEnd + 4 }
    : readBody(bytes, headEnd + 4, fields, isClosed)
  if (!body) return undefined
  return { status, reason: match[2] ?? '', fields, rawHead, body: body.content, byteLength: body.end }
}

function readFields(lines: string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const match = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line)
    if (!match) throw new Error(`not a field line: ${JSON.stringify(line)}`)
    const name = match[1].toLowerCase()
    const earlier = fields.get(name)
    fields.set(name, earlier === undefined ? match[2] : `${earlier}, ${match[2]}`)
  }
  return fields
}

function readBody(bytes: Buffer, start: number, fields: Map<string, string>, isClosed: boolean): Body | undefined {
  if (fields.get('transfer-encoding') === 'chunked') return readChunks(bytes, start)
  const length = fields.get('content-length')
  if (length === undefined) return isClosed ? { content: bytes.subarray(start), end: bytes.length } : undefined
  const end = start + Number(length)
  if (!Number.isSafeInteger(end)) throw new Error(`not a length: ${JSON.stringify(length)}`)
  return end > bytes.length ? undefined : { content: bytes.subarray(start, end), end }
}

function readChunks(bytes: Buffer, start: number): Body | undefined {
  const parts: Buffer[] = []
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const line = bytes.toString('latin1', at, lineEnd)
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    const dataEnd = lineEnd + 2 + size
    if (dataEnd + 2 > bytes.length) return undefined
    if (bytes.toString('latin1', dataEnd, dataEnd + 2) !== '\r\n')
      throw new Error(`no line end behind a chunk of ${size}`)
    if (size === 0) return { content: Buffer.concat(parts), end: dataEnd + 2 }
    parts.push(bytes.subarray(lineEnd + 2, dataEnd))
    at = dataEnd + 2
  }
}
