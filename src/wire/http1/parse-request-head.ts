import { byteOf } from './char-tables.ts'
import { fieldId } from './field-id.ts'
import { fillFields } from './fill-fields.ts'
import { readFraming } from './framing.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'
import { RequestHead } from './request-head.ts'
import { readTarget } from './request-target.ts'
import { scanFields } from './scan-fields.ts'
import type { FieldRules } from './scan-fields.ts'
import { requestLine, scanRequestLine } from './scan-request-line.ts'

/** RFC 6585 section 5 has the status for more. The request line counts too. */
const maxHeadBytes = 32_768
const dropping: FieldRules = {
  maxFields: 128,
  maxLineBytes: 8_192,
  droppedNames: 2,
  refusesDropped: false,
  oddNames: 8,
}
const refusing: FieldRules = { ...dropping, refusesDropped: true }

/**
 * Parses the request head (RFC 9112 sections 2 to 6) at `buffer[start, end)`: undefined while it is incomplete and no rule is
 * broken yet. The answer depends on the bytes alone, not on how they arrived. A field whose name has an underscore is left
 * out, or refused: a CGI-like endpoint could not tell it from the one with hyphens.
 */
export function parseRequestHead(
  buffer: Buffer,
  start: number,
  end: number,
  underscores: 'drop' | 'refuse' = 'drop',
): RequestHead | ParseError | undefined {
  const bound = Math.min(end, start + maxHeadBytes)
  const headEnd = scanHead(buffer, start, bound, underscores === 'drop' ? dropping : refusing)
  if (headEnd === undefined) return bound < end ? parseErrors.headLong : undefined
  if (typeof headEnd !== 'number') return headEnd

  const text = buffer.latin1Slice(start, headEnd)
  const head = new RequestHead()
  head.byteLength = headEnd - start
  head.minorVersion = requestLine.minorVersion === 1 ? 1 : 0
  fillFields(head, buffer, text, start)
  return readTarget(head, text, start) ?? readFraming(head) ?? readExpectation(head) ?? repeatedField(head) ?? head
}

function scanHead(buffer: Buffer, start: number, end: number, rules: FieldRules): number | ParseError | undefined {
  const lineStart = scanLeadingEmptyLine(buffer, start, end)
  if (typeof lineStart !== 'number') return lineStart
  const fieldsStart = scanRequestLine(buffer, lineStart, end)
  return typeof fieldsStart === 'number' ? scanFields(buffer, fieldsStart, end, rules) : fieldsStart
}

/** RFC 9112 section 2.2: old clients send one CRLF too many after content; one is ignored, not more. */
function scanLeadingEmptyLine(buffer: Buffer, start: number, end: number): number | ParseError | undefined {
  if (start === end) return undefined
  if (buffer[start] !== byteOf.cr) return start
  if (start + 1 === end) return undefined
  return buffer[start + 1] === byteOf.lf ? start + 2 : parseErrors.bareCr
}

const expectBit = 1 << fieldId.expect

/** RFC 9110 section 10.1.1: ignored from HTTP/1.0 clients, and idle without content. */
function readExpectation(head: RequestHead): ParseError | undefined {
  if ((head.seenIds & expectBit) === 0) return undefined
  const isRepeated = (head.repeatedIds & expectBit) !== 0
  const value = head.fieldValues[head.fieldIds.indexOf(fieldId.expect)]
  if (isRepeated || value.toLowerCase() !== '100-continue') return parseErrors.expectation
  head.expectsContinue = head.minorVersion === 1 && (head.isChunked || head.contentLength > 0)
  return undefined
}

const singletonBits = (1 << fieldId.authorization) | (1 << fieldId.xApiKey) | (1 << fieldId.contentType)

/** RFC 9110 section 5.3: two of these, and who decides may read one while who acts reads the other. */
function repeatedField(head: RequestHead): ParseError | undefined {
  return (head.repeatedIds & singletonBits) === 0 ? undefined : parseErrors.fieldRepeated
}
