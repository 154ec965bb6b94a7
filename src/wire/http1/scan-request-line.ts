import { byteOf, isMethodByte, targetByte, targetKind } from './char-tables.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'

const { lf, cr, space, slash } = byteOf

const maxMethodBytes = 32
/** RFC 9110 section 15.5.15; RFC 9112 section 3 recommends 8,000 at least. */
export const maxTargetBytes = 8_192

/** What the last scan found, as offsets into the buffer: one for the whole thread, because parsing never waits. */
export const requestLine = {
  methodEnd: 0,
  targetStart: 0,
  /** Where the `?` is, or `targetEnd`. */
  pathEnd: 0,
  targetEnd: 0,
  /** Nothing in the path needs canonicalising. */
  isPlainPath: true,
  minorVersion: 0,
}

/** Scans `method SP target SP version CRLF` (RFC 9112 section 3); the rest as `scanFields`. */
export function scanRequestLine(buffer: Buffer, at: number, end: number): number | ParseError | undefined {
  const methodBound = Math.min(end, at + maxMethodBytes + 1)
  let cursor = at
  while (cursor < methodBound && isMethodByte[buffer[cursor]] === 1) cursor++
  if (cursor === methodBound) return methodBound < end ? parseErrors.methodLong : undefined
  if (buffer[cursor] !== space || cursor === at) return buffer[cursor] === lf ? parseErrors.bareLf : parseErrors.method
  requestLine.methodEnd = cursor

  const targetEnd = scanTarget(buffer, cursor + 1, end)
  if (typeof targetEnd !== 'number') return targetEnd
  if (buffer[targetEnd] !== space) return targetError(buffer[targetEnd])
  if (targetEnd === cursor + 1) return parseErrors.requestLine
  return scanVersion(buffer, targetEnd + 1, end)
}

/** Returns where the first byte is that belongs to no target. */
function scanTarget(buffer: Buffer, start: number, end: number): number | ParseError | undefined {
  const bound = Math.min(end, start + maxTargetBytes + 1)
  let isPlain = true
  let cursor = start
  for (; cursor < bound; cursor++) {
    const kind = targetKind[buffer[cursor]]
    if (kind === targetByte.plain) continue
    if (kind === targetByte.refused || kind === targetByte.question) break
    // A dot or slash after a slash may be a dot segment or an empty one; `start - 1` is the space.
    if (kind === targetByte.special || buffer[cursor - 1] === slash) isPlain = false
  }
  requestLine.targetStart = start
  requestLine.pathEnd = cursor
  requestLine.isPlainPath = isPlain
  while (cursor < bound && targetKind[buffer[cursor]] !== targetByte.refused) cursor++
  requestLine.targetEnd = cursor
  if (cursor < bound) return cursor
  return bound < end ? parseErrors.targetLong : undefined
}

function targetError(byte: number): ParseError {
  if (byte === lf) return parseErrors.bareLf
  return byte === cr ? parseErrors.requestLine : parseErrors.target
}

const versionPattern = Buffer.from('HTTP/d.d\r\n')
const anyDigit = 100

/** RFC 9112 section 2.3. The HTTP/2 preface (RFC 9113 section 3.4) ends here too: `PRI * HTTP/2.0`. */
function scanVersion(buffer: Buffer, start: number, end: number): number | ParseError | undefined {
  for (let index = 0; index < versionPattern.length; index++) {
    if (start + index === end) return undefined
    const byte = buffer[start + index]
    const wanted = versionPattern[index]
    const fits = wanted === anyDigit ? byte >= 48 && byte <= 57 : byte === wanted
    if (!fits) return versionError(byte, index)
  }
  if (buffer[start + 5] !== 49 || buffer[start + 7] > 49) return parseErrors.version
  requestLine.minorVersion = buffer[start + 7] - 48
  return start + versionPattern.length
}

function versionError(byte: number, index: number): ParseError {
  if (byte === lf) return parseErrors.bareLf
  return index === 9 ? parseErrors.bareCr : parseErrors.requestLine
}
