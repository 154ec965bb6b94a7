/** A request as mtlb writes it to an endpoint. */
export interface CanonicalRequest {
  /** Method and target. */
  readonly start: string
  readonly body: string
  /** Offset behind it. */
  readonly end: number
}

const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Z]+ (?:\/[\x21-\x7e]*|\*)) HTTP\/1\.1$/
/** One space behind the colon, none around the value, no underscore in the name. */
const fieldLine =
  /^([!#$%&'*+\-.^`|~0-9A-Za-z]+): ((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)$/
const chunkLine = /^(?:0|[1-9a-f][0-9a-f]*)$/
/** They belong to one connection, and mtlb has none of them to say. */
const connectionFields = new Set(['connection', 'expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'])

/**
 * Reads the request at `text[at…]`, which must be spelled exactly as mtlb spells requests; undefined while it is not complete.
 * Throws at every other spelling: whatever an endpoint might make of it, it should not have got it.
 */
export function readCanonical(text: string, at: number): CanonicalRequest | undefined {
  const headEnd = text.indexOf('\r\n\r\n', at)
  if (headEnd === -1) return undefined
  const [first, ...lines] = text.slice(at, headEnd).split('\r\n')
  const start = requestLine.exec(first)?.[1]
  if (start === undefined) throw new Error(`not a canonical request line: ${JSON.stringify(first)}`)
  const framing = readFraming(lines)
  const body = framing === 'chunked' ? readChunks(text, headEnd + 4) : readLength(text, headEnd + 4, framing)
  return body && { start, ...body }
}

/** Checks all field lines; returns the length of the body. */
function readFraming(lines: readonly string[]): number | 'chunked' {
  const framing: (number | 'chunked')[] = []
  let hosts = 0
  for (const line of lines) {
    const [, name, value] = fieldLine.exec(line) ?? []
    if (name === undefined) throw new Error(`not a canonical field line: ${JSON.stringify(line)}`)
    const known = name.toLowerCase()
    if (connectionFields.has(known)) throw new Error(`a field of the connection: ${JSON.stringify(line)}`)
    if (known === 'host') hosts += 1
    if (known !== 'content-length' && known !== 'transfer-encoding') continue
    const isCanonical = line === 'Transfer-Encoding: chunked' || /^Content-Length: (?:0|[1-9]\d*)$/.test(line)
    if (!isCanonical) throw new Error(`a framing variant: ${JSON.stringify(line)}`)
    framing.push(known === 'content-length' ? Number(value) : 'chunked')
  }
  if (hosts !== 1 || !lines[0].startsWith('Host: ')) throw new Error(`not one Host in the first line: ${lines[0]}`)
  if (framing.length > 1) throw new Error('framed twice')
  return framing[0] ?? 0
}

function readLength(text: string, at: number, length: number): Omit<CanonicalRequest, 'start'> | undefined {
  const end = at + length
  return end > text.length ? undefined : { body: text.slice(at, end), end }
}

function readChunks(text: string, start: number): Omit<CanonicalRequest, 'start'> | undefined {
  let body = ''
  for (let at = start; ;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const line = text.slice(at, lineEnd)
    if (!chunkLine.test(line)) throw new Error(`not a canonical chunk line: ${JSON.stringify(line)}`)
    const dataEnd = lineEnd + 2 + Number.parseInt(line, 16)
    if (text.length < dataEnd + 2) return undefined
    if (!text.startsWith('\r\n', dataEnd)) throw new Error(`no CRLF behind a chunk of ${line}`)
    if (line === '0') return { body, end: dataEnd + 2 }
    body += text.slice(lineEnd + 2, dataEnd)
    at = dataEnd + 2
  }
}
