import { fillFields } from './fill-fields.ts'
import { readFraming } from './framing.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'
import { ResponseHead } from './response-head.ts'
import { scanFields } from './scan-fields.ts'
import type { FieldRules } from './scan-fields.ts'
import { scanStatusLine, statusLine } from './scan-status-line.ts'

const maxHeadBytes = 65_536
const rules: FieldRules = {
  maxFields: 256,
  maxLineBytes: maxHeadBytes,
  droppedNames: 4,
  refusesDropped: false,
  oddNames: 4,
}

/**
 * Parses the response head (RFC 9112 sections 2 and 4 to 6) at `buffer[start, end)`, as `parseRequestHead` does. The status of
 * an error is meaningless here: whatever an endpoint sends wrong is a 502 for the client.
 */
export function parseResponseHead(buffer: Buffer, start: number, end: number): ResponseHead | ParseError | undefined {
  const bound = Math.min(end, start + maxHeadBytes)
  const headEnd = scanHead(buffer, start, bound)
  if (headEnd === undefined) return bound < end ? parseErrors.headLong : undefined
  if (typeof headEnd !== 'number') return headEnd

  const text = buffer.latin1Slice(start, headEnd)
  const head = new ResponseHead()
  head.byteLength = headEnd - start
  head.minorVersion = statusLine.minorVersion === 1 ? 1 : 0
  head.status = statusLine.status
  head.reason = text.slice(statusLine.reasonStart - start, statusLine.reasonEnd - start)
  fillFields(head, buffer, text, start)
  return readFraming(head) ?? head
}

function scanHead(buffer: Buffer, start: number, end: number): number | ParseError | undefined {
  const fieldsStart = scanStatusLine(buffer, start, end)
  return typeof fieldsStart === 'number' ? scanFields(buffer, fieldsStart, end, rules) : fieldsStart
}
