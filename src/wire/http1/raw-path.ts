import { byteOf, hexValue } from './char-tables.ts'

const { nul, percent, dot, slash, backslash } = byteOf
const semicolon = 59

/**
 * Whether an endpoint could find a dot segment (RFC 3986 section 3.3) in a path whose escapes are sound, however it reads
 * it: a backslash or an encoded slash may divide segments for it, and it may leave off what follows a semicolon or a NUL.
 */
export function hasDotSegment(rawPath: string): boolean {
  let dots = 0
  let isCut = false
  for (let at = 1; at < rawPath.length; at++) {
    const octet = octetAt(rawPath, at)
    if (rawPath.charCodeAt(at) === percent) at += 2
    if (octet === slash || octet === backslash) {
      if (dots === 1 || dots === 2) return true
      dots = 0
      isCut = false
    } else if (octet === semicolon || octet === nul) isCut = true
    else if (!isCut) dots = octet === dot ? dots + 1 : notDots
  }
  return dots === 1 || dots === 2
}

/** Another segment than dots: no dot that follows makes it one. */
const notDots = -Infinity

function octetAt(rawPath: string, at: number): number {
  const character = rawPath.charCodeAt(at)
  if (character !== percent) return character
  return hexValue[rawPath.charCodeAt(at + 1)] * 16 + hexValue[rawPath.charCodeAt(at + 2)]
}

/**
 * What is left of a path without dot segments when the prefix, by which its canonical form was matched, is cut off. The
 * client may have written that part in another way; what is left is as it wrote it, and begins with one slash.
 */
export function stripRawPrefix(rawPath: string, prefix: string): string {
  if (prefix === '/') return rawPath
  let at = 0
  for (let left = prefix.split('/').length - 1; left > 0; left--) at = endOfSegment(rawPath, skipSlashes(rawPath, at))
  return `/${rawPath.slice(skipSlashes(rawPath, at))}`
}

function skipSlashes(rawPath: string, start: number): number {
  let at = start
  while (rawPath.charCodeAt(at) === slash) at++
  return at
}

function endOfSegment(rawPath: string, start: number): number {
  const at = rawPath.indexOf('/', start)
  return at === -1 ? rawPath.length : at
}

/**
 * The canonical paths that endpoints could take this one for, besides itself: with its encoded slashes and backslashes for
 * slashes, and cut off at its first NUL.
 */
export function otherReadings(canonical: string): readonly string[] {
  const decoded = withoutEmptySegments(canonical.replaceAll('%2F', '/').replaceAll('%5C', '/'))
  return [decoded, cutAtNul(decoded), cutAtNul(canonical)]
}

function withoutEmptySegments(path: string): string {
  let merged = path
  while (merged.includes('//')) merged = merged.replaceAll('//', '/')
  return merged
}

function cutAtNul(path: string): string {
  const at = path.indexOf('%00')
  return at === -1 ? path : path.slice(0, at)
}
