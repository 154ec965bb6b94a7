import { parseAuthority, recallAuthority } from './authority.ts'
import type { Authority } from './authority.ts'
import { canonicalPath, hasOpaqueEscape } from './canonical-path.ts'
import { byteOf } from './char-tables.ts'
import { fieldId } from './field-id.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'
import type { RequestHead } from './request-head.ts'
import { maxTargetBytes, requestLine } from './scan-request-line.ts'

/** Reads method, target and Host into `head`, from what `scanRequestLine` found; `text` starts at `textStart` of the buffer. */
export function readTarget(head: RequestHead, text: string, textStart: number): ParseError | undefined {
  const { methodEnd, targetStart, pathEnd, targetEnd, isPlainPath } = requestLine
  // A leading CRLF is not part of the method; nothing else can stand before it.
  const methodStart = text.charCodeAt(0) === byteOf.cr ? 2 : 0
  head.method = text.slice(methodStart, methodEnd - textStart)
  // RFC 9110 sections 9.3.6 and 9.3.8.
  if (head.method === 'CONNECT' || head.method === 'TRACE') return parseErrors.methodNotAllowed

  const rawPath = text.slice(targetStart - textStart, pathEnd - textStart)
  head.query = text.slice(pathEnd - textStart, targetEnd - textStart)
  if (rawPath.charCodeAt(0) !== byteOf.slash) return readOtherForm(head, rawPath)
  head.rawPath = rawPath
  if (isPlainPath) head.path = rawPath
  return (isPlainPath ? undefined : readPath(head, rawPath)) ?? readHost(head)
}

function readPath(head: RequestHead, rawPath: string): ParseError | undefined {
  const path = canonicalPath(rawPath)
  if (typeof path !== 'string') return path
  // Escapes have made it longer: whoever is behind us has a limit too.
  if (path.length + head.query.length > maxTargetBytes) return parseErrors.targetLong
  head.rawPath = rawPath
  head.path = path
  head.hasOpaqueEscape = hasOpaqueEscape(path)
  return undefined
}

const hostBit = 1 << fieldId.host

/** RFC 9112 section 3.2: exactly one valid Host, which only HTTP/1.0 may leave out. */
function readHost(head: RequestHead): ParseError | undefined {
  if ((head.seenIds & hostBit) === 0) return head.minorVersion === 1 ? parseErrors.hostMissing : undefined
  if ((head.repeatedIds & hostBit) !== 0) return parseErrors.hostRepeated
  const parsed = recallAuthority(head.fieldValues[head.fieldIds.indexOf(fieldId.host)])
  if (parsed === undefined) return parseErrors.hostMalformed
  head.host = parsed.host
  head.authority = parsed.authority
  return undefined
}

/** RFC 9112 sections 3.2.2 and 3.2.4: absolute-form and asterisk-form; authority-form is for CONNECT alone. */
function readOtherForm(head: RequestHead, rawTarget: string): ParseError | undefined {
  if (rawTarget === '*' && head.query === '') {
    head.path = head.rawPath = '*'
    return head.method === 'OPTIONS' ? readHost(head) : parseErrors.targetAsterisk
  }
  const scheme = schemeOf(rawTarget)
  if (scheme === undefined) return parseErrors.targetForm
  return readHost(head) ?? readAbsoluteForm(head, rawTarget, scheme)
}

interface Scheme {
  readonly prefix: string
  readonly defaultPort: string
}

const schemes: readonly Scheme[] = [
  { prefix: 'http://', defaultPort: ':80' },
  { prefix: 'https://', defaultPort: ':443' },
]

function schemeOf(rawTarget: string): Scheme | undefined {
  const start = rawTarget.slice(0, 8).toLowerCase()
  return schemes.find((scheme) => start.startsWith(scheme.prefix))
}

/** RFC 9112 section 3.2.2: the target's authority rules; a Host that says something else is doubtful, not just ignored. */
function readAbsoluteForm(head: RequestHead, rawTarget: string, scheme: Scheme): ParseError | undefined {
  const start = scheme.prefix.length
  const slashAt = rawTarget.indexOf('/', start)
  const authorityEnd = slashAt === -1 ? rawTarget.length : slashAt
  const parsed = parseAuthority(rawTarget.slice(start, authorityEnd))
  if (parsed === undefined) return parseErrors.hostMalformed
  const isSame = head.authority === '' || withoutPort(head, scheme) === withoutPort(parsed, scheme)
  if (!isSame) return parseErrors.hostDiffers
  head.host = parsed.host
  head.authority = parsed.authority

  // RFC 9112 section 3.2.4: `OPTIONS http://a` asks about the server as a whole.
  const isServerWide = slashAt === -1 && head.method === 'OPTIONS' && head.query === ''
  if (slashAt !== -1) return readPath(head, rawTarget.slice(slashAt))
  head.path = head.rawPath = isServerWide ? '*' : '/'
  return undefined
}

/** RFC 9110 section 4.2.3: the scheme's default port is as good as none. */
function withoutPort({ authority }: Authority, { defaultPort }: Scheme): string {
  return authority.endsWith(defaultPort) ? authority.slice(0, -defaultPort.length) : authority
}
