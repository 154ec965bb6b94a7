import { byteOf, isFieldValueByte } from './char-tables.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'

/** What the last scan found: one for the whole thread, because parsing never waits. */
export const statusLine = {
  minorVersion: 0,
  status: 0,
  /** Offsets into the buffer. */
  reasonStart: 0,
  reasonEnd: 0,
}

const pattern = Buffer.from('HTTP/1.d ddd')
const anyDigit = 100

/**
 * Scans `version SP status [SP reason] CRLF` (RFC 9112 section 4); the rest as `scanFields`. Many servers leave out the space
 * after the status when there is no reason, so that is allowed.
 */
export function scanStatusLine(buffer: Buffer, start: number, end: number): number | ParseError | undefined {
  for (let index = 0; index < pattern.length; index++) {
    if (start + index === end) return undefined
    const byte = buffer[start + index]
    const wanted = pattern[index]
    const fits = wanted === anyDigit ? byte >= 48 && byte <= 57 : byte === wanted
    if (!fits) return parseErrors.statusLine
  }
  if (buffer[start + 7] > 49) return parseErrors.version
  statusLine.minorVersion = buffer[start + 7] - 48
  statusLine.status = (buffer[start + 9] - 48) * 100 + (buffer[start + 10] - 48) * 10 + buffer[start + 11] - 48
  // RFC 9110 section 15: a status outside 100 to 599 is invalid.
  if (statusLine.status < 100 || statusLine.status > 599) return parseErrors.status
  return scanReason(buffer, start + pattern.length, end)
}

function scanReason(buffer: Buffer, start: number, end: number): number | ParseError | undefined {
  let cursor = start
  if (cursor < end && buffer[cursor] === byteOf.space) {
    while (cursor < end && isFieldValueByte[buffer[cursor]] === 1) cursor++
  }
  if (cursor === end) return undefined
  statusLine.reasonStart = Math.min(start + 1, cursor)
  statusLine.reasonEnd = cursor
  if (buffer[cursor] !== byteOf.cr) return buffer[cursor] === byteOf.lf ? parseErrors.bareLf : parseErrors.statusLine
  if (cursor + 1 === end) return undefined
  return buffer[cursor + 1] === byteOf.lf ? cursor + 2 : parseErrors.bareCr
}
