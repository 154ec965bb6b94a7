import type { BodyKind } from './body-decoder.ts'
import { readConnection } from './connection.ts'
import { fieldId } from './field-id.ts'
import { listElements } from './list.ts'
import type { MessageHead } from './message-head.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'

/** RFC 9112 section 6.3, items 4 to 7. */
export function requestBodyKind(head: RequestHead): BodyKind {
  if (head.isChunked) return 'chunked'
  return head.contentLength === -1 ? 'none' : 'length'
}

/** RFC 9112 section 6.3: by status and request method first, whatever the fields say. */
export function responseBodyKind(head: ResponseHead, requestMethod: string): BodyKind {
  if (head.status < 200 || head.status === 204 || head.status === 304 || requestMethod === 'HEAD') return 'none'
  if (head.isChunked) return 'chunked'
  return head.contentLength === -1 ? 'until_close' : 'length'
}

const lengthBit = 1 << fieldId.contentLength
const codingBit = 1 << fieldId.transferEncoding

/** Reads Content-Length, Transfer-Encoding and Connection of a complete head into its properties. */
export function readFraming(head: MessageHead): ParseError | undefined {
  const framing = head.seenIds & (lengthBit | codingBit)
  if (framing === 0) return readConnection(head)
  // RFC 9112 section 6.1: both together is how requests are smuggled.
  if (framing === (lengthBit | codingBit)) return parseErrors.lengthAndCoding
  const error = framing === codingBit ? readTransferEncoding(head) : readContentLength(head)
  return error ?? readConnection(head)
}

/** 2^53 - 1 has 16 digits. */
const maxLengthDigits = 16

/**
 * RFC 9110 section 8.6: `1*DIGIT`, one value. Leading zeros are allowed there; the value is rewritten without them, so that
 * nobody behind us can read it as an octal number.
 */
function readContentLength(head: MessageHead): ParseError | undefined {
  if ((head.repeatedIds & lengthBit) !== 0) return parseErrors.lengthRepeated
  const index = head.fieldIds.indexOf(fieldId.contentLength)
  const text = head.fieldValues[index]
  let value = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return parseErrors.lengthMalformed
    value = value * 10 + digit
  }
  if (text.length === 0) return parseErrors.lengthMalformed
  if (text.length > maxLengthDigits || value > Number.MAX_SAFE_INTEGER) return parseErrors.lengthOverflow
  if (text.length > 1 && text.charCodeAt(0) === 48) head.fieldValues[index] = String(value)
  head.contentLength = value
  return undefined
}

/** RFC 9112 section 7.3 and the IANA registry: known to exist, not spoken here. */
const registeredCodings: readonly string[] = ['gzip', 'x-gzip', 'compress', 'x-compress', 'deflate']

/** RFC 9112 section 6.1: chunked, once and alone; codings have no place in HTTP/1.0. */
function readTransferEncoding(head: MessageHead): ParseError | undefined {
  if (head.minorVersion === 0) return parseErrors.codingOldVersion
  if ((head.repeatedIds & codingBit) !== 0) return parseErrors.codingRepeated
  const text = head.fieldValues[head.fieldIds.indexOf(fieldId.transferEncoding)].toLowerCase()
  if (text === 'chunked') {
    head.isChunked = true
    return undefined
  }
  const codings = listElements(text)
  if (codings.length > 1 && codings.at(-1) === 'chunked') codings.pop()
  const isRegistered = codings.length > 0 && codings.every((coding) => registeredCodings.includes(coding))
  return isRegistered ? parseErrors.codingUnknown : parseErrors.codingMalformed
}
