import { byteOf, hexValue, isPathByte, isUnreservedByte } from './char-tables.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'

/**
 * The one spelling of a path that starts with a slash (RFC 3986 section 6.2.2): unreserved octets decoded, other escapes in
 * upper-case hex, characters that should have been escaped escaped, empty segments merged, dot segments removed. Applying
 * it again changes nothing: `%252e` stays as it is and never becomes a dot. An encoded slash, backslash or NUL stays what
 * it is, too, and divides nothing: see `hasOpaqueEscape`.
 */
export function canonicalPath(path: string): string | ParseError {
  const normal = normalEscapes(path)
  return typeof normal === 'string' ? withoutDotSegments(normal) : normal
}

/**
 * Whether a canonical path has an encoded slash, backslash or NUL, which mean one thing to us and another to an endpoint
 * that decodes first. Only a route that asks for raw paths takes it.
 */
export function hasOpaqueEscape(canonical: string): boolean {
  return canonical.includes('%2F') || canonical.includes('%5C') || canonical.includes('%00')
}

const { percent } = byteOf

/** RFC 3986 sections 2.1, 6.2.2.1 and 6.2.2.2. */
function normalEscapes(path: string): string | ParseError {
  let out = ''
  let copied = 0
  for (let at = 0; at < path.length; at++) {
    const character = path.charCodeAt(at)
    if (isPathByte[character] === 1) continue
    out += path.slice(copied, at)
    const octet = character === percent ? decodedOctet(path, at) : character
    if (octet === -1) return parseErrors.pathPercent
    out += isUnreservedByte[octet] === 1 ? String.fromCharCode(octet) : escapeOf(octet)
    if (character === percent) at += 2
    copied = at + 1
  }
  return copied === 0 ? path : out + path.slice(copied)
}

/** -1 when two hexadecimal digits do not follow the percent sign. */
function decodedOctet(path: string, at: number): number {
  if (at + 2 >= path.length) return -1
  const high = hexValue[path.charCodeAt(at + 1)]
  const low = hexValue[path.charCodeAt(at + 2)]
  return high > 15 || low > 15 ? -1 : high * 16 + low
}

function escapeOf(octet: number): string {
  return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
}

/**
 * RFC 3986 section 5.2.4, empty segments merged first. A dot segment with parameters (`..;x`) is refused: some endpoints cut
 * the parameters off and climb.
 */
function withoutDotSegments(path: string): string | ParseError {
  const kept: string[] = []
  for (let at = 1; at <= path.length;) {
    const slashAt = path.indexOf('/', at)
    const end = slashAt === -1 ? path.length : slashAt
    const segment = path.slice(at, end)
    if (isDotWithParameter(segment)) return parseErrors.pathDotParameter
    const isKept = segment !== '' && segment !== '.' && segment !== '..'
    if (segment === '..') kept.pop()
    if (isKept) kept.push(segment)
    if (!isKept && slashAt === -1) kept.push('')
    at = end + 1
  }
  return `/${kept.join('/')}`
}

function isDotWithParameter(segment: string): boolean {
  const afterDots = segment.startsWith('..') ? 2 : 1
  return segment.startsWith('.') && (segment.startsWith(';', afterDots) || segment.startsWith('%3B', afterDots))
}
