import { hexValue } from './char-tables.ts'
import { chunkErrorIn, chunkState, nextChunkState } from './chunk-machine.ts'
import { fieldId, fieldIdOf } from './field-id.ts'
import { parseErrors } from './parse-error.ts'
import type { ParseError } from './parse-error.ts'

/** How a message's end is known (RFC 9112 section 6.3). */
export type BodyKind = 'none' | 'length' | 'chunked' | 'until_close'

const maxSizeDigits = 16
/** RFC 9112 section 7.1.1 asks for a bound on all extensions of a message together. */
const maxExtensionBytes = 1_024
/** RFC 6585 section 5: fields like those of a head. */
const maxTrailerBytes = 8_192

/** Takes the framing off one body at a time; it never copies, and is used again by `reset`. */
export class BodyDecoder {
  isDone = true
  /** Once set, the rest of the connection means nothing. */
  error: ParseError | undefined = undefined
  /** The span of body bytes that the last `next` found; empty when both are equal. */
  dataStart = 0
  dataEnd = 0
  /** Body bytes so far, framing not counted. */
  received = 0
  /** Of the body for 'length', of the chunk for 'chunked'. */
  remaining = 0
  #kind: BodyKind = 'none'
  /** Of a chunked body; a member of `chunkState`. */
  #state: number = chunkState.sizeStart
  #chunkSize = 0
  #sizeDigits = 0
  #extensionBytes = 0
  #trailerBytes = 0
  #trailerName = ''

  /** Begins a body; `contentLength` counts for 'length' only. */
  reset(kind: BodyKind, contentLength: number): void {
    this.#kind = kind
    this.remaining = kind === 'length' ? contentLength : 0
    this.isDone = kind === 'none' || (kind === 'length' && contentLength === 0)
    this.error = undefined
    this.dataStart = 0
    this.dataEnd = 0
    this.received = 0
    this.#state = chunkState.sizeStart
    this.#chunkSize = 0
    this.#sizeDigits = 0
    this.#extensionBytes = 0
    this.#trailerBytes = 0
    this.#trailerName = ''
  }

  /**
   * Consumes from `buffer[at, end)` and stops after one span of data, at the end of the body or at an error; returns where it
   * stopped. Trailer fields are read, bounded, checked and dropped (RFC 9110 section 6.5.1 allows that).
   */
  next(buffer: Buffer, at: number, end: number): number {
    this.dataStart = at
    this.dataEnd = at
    if (this.isDone || this.error !== undefined || at === end) return at
    if (this.#kind === 'length') return this.#takeLength(at, end)
    if (this.#kind === 'until_close') return this.#takeData(at, end)
    return this.#nextOfChunked(buffer, at, end)
  }

  /** The peer closed: true when that is a clean end of the body. */
  finish(): boolean {
    if (this.#kind === 'until_close') this.isDone = true
    return this.isDone
  }

  #takeLength(at: number, end: number): number {
    const stop = this.#takeRemaining(at, end)
    this.isDone = this.remaining === 0
    return stop
  }

  #takeRemaining(at: number, end: number): number {
    const stop = this.#takeData(at, Math.min(end, at + this.remaining))
    this.remaining -= stop - at
    return stop
  }

  #takeData(at: number, stop: number): number {
    this.dataStart = at
    this.dataEnd = stop
    this.received += stop - at
    return stop
  }

  #nextOfChunked(buffer: Buffer, at: number, end: number): number {
    let cursor = at
    while (cursor < end && !this.isDone) {
      if (this.remaining > 0) return this.#takeRemaining(cursor, end)
      this.error = this.#takeFramingByte(buffer[cursor])
      if (this.error !== undefined) break
      cursor++
    }
    this.dataStart = cursor
    this.dataEnd = cursor
    return cursor
  }

  #takeFramingByte(byte: number): ParseError | undefined {
    const state = nextChunkState(this.#state, byte)
    if (state === chunkState.broken) return chunkErrorIn(this.#state)
    this.#state = state
    if (state === chunkState.size) return this.#addSizeDigit(hexValue[byte])
    if (state === chunkState.sizeEnd) this.#endSize()
    if (state === chunkState.done) this.isDone = true
    if (isExtension(state) && ++this.#extensionBytes > maxExtensionBytes) return parseErrors.chunkExtensionLong
    return isTrailer(state) ? this.#takeTrailerByte(byte) : undefined
  }

  #takeTrailerByte(byte: number): ParseError | undefined {
    this.#trailerBytes++
    if (this.#trailerBytes > maxTrailerBytes) return parseErrors.trailerLong
    if (this.#state === chunkState.trailerName) this.#trailerName += String.fromCharCode(byte)
    if (this.#state !== chunkState.trailerValue || this.#trailerName === '') return undefined
    const id = fieldIdOf(this.#trailerName)
    this.#trailerName = ''
    return isFraming(id) ? parseErrors.trailerFraming : undefined
  }

  /** RFC 9112 section 7.1: sizes that overflow are to be expected, and must not wrap around. */
  #addSizeDigit(digit: number): ParseError | undefined {
    this.#sizeDigits++
    this.#chunkSize = this.#chunkSize * 16 + digit
    const isTooLarge = this.#sizeDigits > maxSizeDigits || this.#chunkSize > Number.MAX_SAFE_INTEGER
    return isTooLarge ? parseErrors.chunkOverflow : undefined
  }

  /** RFC 9112 section 7.1: a chunk of size 0 is the last one. */
  #endSize(): void {
    this.remaining = this.#chunkSize
    this.#state = this.#chunkSize === 0 ? chunkState.trailerStart : chunkState.dataCr
    this.#chunkSize = 0
    this.#sizeDigits = 0
  }
}

function isExtension(state: number): boolean {
  return state >= chunkState.extensionStart && state <= chunkState.extensionQuotedEnd
}

/** Line ends count too: a trailer section of nothing but names is bounded as well. */
function isTrailer(state: number): boolean {
  return state >= chunkState.trailerStart && state <= chunkState.trailerLf
}

/** RFC 9110 section 6.5.1: what frames, routes or ends a message must not come after it. */
function isFraming(id: number): boolean {
  if (id === fieldId.contentLength || id === fieldId.transferEncoding || id === fieldId.host) return true
  return id === fieldId.connection || id === fieldId.proxyConnection || id === fieldId.upgrade
}
