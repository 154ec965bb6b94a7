import { byteOf, isFieldValueByte, nameByte } from './char-tables.ts'
import { isLookAlike } from './field-id.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'

const { tab, lf, cr, space, colon } = byteOf

/** Where the last scan found its fields: one for the whole thread, because parsing never waits. */
export const fieldScan = {
  count: 0,
  /** Four offsets into the buffer per field: start and end of the name, start and end of the trimmed value. */
  spans: new Int32Array(256 * 4),
}

export interface FieldRules {
  /** At most 256. */
  readonly maxFields: number
  /** Without the CRLF. */
  readonly maxLineBytes: number
  /** 2 leaves out names with `_`, which a CGI-like endpoint could not tell from those with `-`; 4 keeps them. */
  readonly droppedNames: 2 | 4
  /** Whether a name that would be left out is an error instead. */
  readonly refusesDropped: boolean
  /** 8 refuses names that `isLookAlike` finds; 4 lets them pass. */
  readonly oddNames: 8 | 4
}

/**
 * Scans the field section and its final empty line (RFC 9112 sections 2.2 and 5) in `buffer[at, end)` into `fieldScan`. Returns where
 * the content starts, or undefined when bytes are wanted. Every byte is judged by what came before it and never by what
 * follows, so that the answer does not depend on how the bytes were cut into reads. Bytes, not characters of a string: 0.24 µs
 * for 360 bytes against 0.54 µs with `latin1Slice` and `charCodeAt`.
 */
export function scanFields(
  buffer: Buffer,
  at: number,
  end: number,
  rules: FieldRules,
): number | ParseError | undefined {
  const spans = fieldScan.spans
  let kept = 0
  for (let lines = 0; at < end; lines++) {
    if (buffer[at] === cr) return scanEmptyLine(buffer, at, end, kept)
    if (lines === rules.maxFields) return parseErrors.fieldsMany
    const lineEnd = Math.min(end, at + rules.maxLineBytes + 1)

    let cursor = at
    let nameBits = 0
    for (; cursor < lineEnd; cursor++) {
      const bits = nameByte[buffer[cursor]]
      if (bits === 0) break
      nameBits |= bits
    }
    if (cursor === lineEnd) return lineEnd < end ? parseErrors.lineLong : undefined
    if (buffer[cursor] !== colon || cursor === at) return nameError(buffer[cursor], cursor === at ? 'first' : 'later')
    const nameEnd = cursor

    // RFC 9112 section 5.1: optional white space around the value is not part of it.
    cursor++
    while (cursor < lineEnd && (buffer[cursor] === space || buffer[cursor] === tab)) cursor++
    const valueStart = cursor
    while (cursor < lineEnd && isFieldValueByte[buffer[cursor]] === 1) cursor++
    if (cursor === lineEnd) return lineEnd < end ? parseErrors.lineLong : undefined
    if (buffer[cursor] !== cr) return buffer[cursor] === lf ? parseErrors.bareLf : parseErrors.fieldValue
    if (cursor + 1 === end) return undefined
    if (buffer[cursor + 1] !== lf) return parseErrors.bareCr

    if ((nameBits & rules.oddNames) !== 0 && isLookAlike(buffer, at, nameEnd)) return parseErrors.fieldLookAlike
    if ((nameBits & rules.droppedNames) === 0) {
      spans[kept * 4] = at
      spans[kept * 4 + 1] = nameEnd
      spans[kept * 4 + 2] = valueStart
      spans[kept * 4 + 3] = trimmedEnd(buffer, valueStart, cursor)
      kept++
    } else if (rules.refusesDropped) return parseErrors.fieldUnderscore
    at = cursor + 2
  }
  return undefined
}

function scanEmptyLine(buffer: Buffer, at: number, end: number, kept: number): number | ParseError | undefined {
  if (at + 1 === end) return undefined
  if (buffer[at + 1] !== lf) return parseErrors.bareCr
  fieldScan.count = kept
  return at + 2
}

function trimmedEnd(buffer: Buffer, start: number, end: number): number {
  while (end > start && (buffer[end - 1] === space || buffer[end - 1] === tab)) end--
  return end
}

/** RFC 9112 sections 5.1 and 5.2: no space before the colon, no folded lines. */
function nameError(byte: number, position: 'first' | 'later'): ParseError {
  if (byte === lf) return parseErrors.bareLf
  if (position === 'later') return parseErrors.fieldName
  if (byte === space || byte === tab) return parseErrors.fieldFolded
  return byte === colon ? parseErrors.fieldNameEmpty : parseErrors.fieldName
}
