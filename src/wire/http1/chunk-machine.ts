import { hexValue, isFieldValueByte, isTokenByte } from './char-tables.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'

/** Where we are in a chunked body (RFC 9112 section 7.1), but for the data itself. `broken` is where no byte may lead. */
export const chunkState = {
  broken: 0,
  sizeStart: 1,
  size: 2,
  extensionStart: 3,
  extensionName: 4,
  extensionValueStart: 5,
  extensionValue: 6,
  extensionQuoted: 7,
  extensionEscape: 8,
  extensionQuotedEnd: 9,
  sizeLf: 10,
  /** The line of the size has ended: data follows, or the trailer section when the size is 0. */
  sizeEnd: 11,
  dataCr: 12,
  dataLf: 13,
  trailerStart: 14,
  trailerName: 15,
  trailerValue: 16,
  trailerLf: 17,
  finalLf: 18,
  done: 19,
} as const

const s = chunkState
const states = Object.keys(chunkState).length
const transitions = new Uint8Array(states * 256)

const cr = oneByte('\r')
const lf = oneByte('\n')
const semicolon = oneByte(';')
const equals = oneByte('=')
const quote = oneByte('"')
const backslash = oneByte('\\')
const colon = oneByte(':')
const isHexByte = hexValue.map((value) => (value < 16 ? 1 : 0))
/** RFC 9110 section 5.6.4: a quoted string without its quotes and escapes. */
const isQuotedByte = isFieldValueByte.map((isValue, byte) => (quote[byte] || backslash[byte] ? 0 : isValue))

// RFC 9112 section 7.1: no sign, no prefix, no white space anywhere.
move(s.sizeStart, isHexByte, s.size)
move(s.size, isHexByte, s.size)
endOrExtend(s.size)
move(s.sizeLf, lf, s.sizeEnd)
move(s.dataCr, cr, s.dataLf)
move(s.dataLf, lf, s.sizeStart)
// RFC 9112 section 7.1.1, without the white space that it calls bad.
move(s.extensionStart, isTokenByte, s.extensionName)
move(s.extensionName, isTokenByte, s.extensionName)
move(s.extensionName, equals, s.extensionValueStart)
endOrExtend(s.extensionName)
move(s.extensionValueStart, isTokenByte, s.extensionValue)
move(s.extensionValueStart, quote, s.extensionQuoted)
move(s.extensionValue, isTokenByte, s.extensionValue)
endOrExtend(s.extensionValue)
move(s.extensionQuoted, isQuotedByte, s.extensionQuoted)
move(s.extensionQuoted, backslash, s.extensionEscape)
move(s.extensionQuoted, quote, s.extensionQuotedEnd)
move(s.extensionEscape, isFieldValueByte, s.extensionQuoted)
endOrExtend(s.extensionQuotedEnd)
// RFC 9112 section 7.1.2: field lines like any other, so no folding and no space before the colon.
move(s.trailerStart, isTokenByte, s.trailerName)
move(s.trailerStart, cr, s.finalLf)
move(s.trailerName, isTokenByte, s.trailerName)
move(s.trailerName, colon, s.trailerValue)
move(s.trailerValue, isFieldValueByte, s.trailerValue)
move(s.trailerValue, cr, s.trailerLf)
move(s.trailerLf, lf, s.trailerStart)
move(s.finalLf, lf, s.done)

/** The state that `byte` leads to from `state`. */
export function nextChunkState(state: number, byte: number): number {
  return transitions[state * 256 + byte]
}

/** What is wrong when no byte of the right kind follows in that state. */
export function chunkErrorIn(state: number): ParseError {
  if (state === s.dataCr || state === s.dataLf) return parseErrors.chunkEnd
  if (state >= s.trailerStart) return parseErrors.trailer
  return state >= s.extensionStart && state < s.sizeLf ? parseErrors.chunkExtension : parseErrors.chunkSize
}

function endOrExtend(from: number): void {
  move(from, cr, s.sizeLf)
  move(from, semicolon, s.extensionStart)
}

function move(from: number, bytes: Uint8Array, to: number): void {
  for (let byte = 0; byte < 256; byte++) {
    if (bytes[byte] === 1) transitions[from * 256 + byte] = to
  }
}

function oneByte(character: string): Uint8Array {
  return new Uint8Array(256).fill(1, character.charCodeAt(0), character.charCodeAt(0) + 1)
}
