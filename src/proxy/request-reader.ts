import { BodyDecoder } from '../wire/http1/body-decoder.ts'
import { requestBodyKind } from '../wire/http1/framing.ts'
import { isParseError } from '../wire/http1/parse-error.ts'
import type { ParseError } from '../wire/http1/parse-error.ts'
import { parseRequestHead } from '../wire/http1/parse-request-head.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import { unsoundMethod } from '../wire/http1/unsound-method.ts'
import type { Exchange } from './exchange.ts'

/** Who is told of what the reader finds. */
export interface RequestSink {
  /** The exchange under way, whose request or answer is not complete. */
  readonly exchange: Exchange | undefined
  /** The client does not take its answers: no further request is begun. */
  readonly isClogged: boolean
  /** Our last answer is written: nothing more is read. */
  readonly isClosing: boolean
  /** A number that moves on with each turn of the event loop in which answers were written. */
  readonly turn: number
  /** What becomes of fields whose name has an underscore. */
  readonly underscoreNames: 'drop' | 'refuse'
  onRequestHead(head: RequestHead): void
  /** A head that is not sound; nothing after it can be framed. The method is that of `unsoundMethod`. */
  onMalformedHead(error: ParseError, method: 'HEAD' | ''): void
  /** A body that is not sound; likewise. */
  onMalformedBody(error: ParseError): void
  /** As many requests were begun in this turn as may be: `readWaiting` is to be called in the next. */
  onTurnFull(): void
}

const lineFeed = 0x0a

/** A refused request's body up to this size is read and thrown away so that the connection can go on. */
const maxDiscardBytes = 64 * 1024

/** Requests of one connection that are begun in one turn: as refusals, which wait for nobody, they take a third of a millisecond. */
export const mostRequestsPerTurn = 32

/** So much is looked at even without the end of a line: it may be too long by now. */
const retryHeadBytes = 4 * 1024

/**
 * Turns a client's bytes into requests, one after the other: while an exchange is under way, what belongs to the next one
 * waits here. A body goes to its exchange, or to nobody when that has ended before the body did.
 *
 * So a pipeline (RFC 9112 section 9.3.2) is never deeper than one request at an endpoint, and never deeper than
 * `mostRequestsPerTurn` between what was begun and what was written: where answers come at once, the rest waits until
 * they have left and the other connections have had their turn. What waits is bounded in bytes, by who calls `read`: it
 * was not looked at yet, and costs what it weighs, however many requests it is.
 */
export class RequestReader {
  readonly #sink: RequestSink
  readonly #decoder = new BodyDecoder()
  /** Bytes that were read and could not be used yet. */
  #carry: Buffer | undefined = undefined
  /** Of the incomplete head that waits: how much of it has been looked at. */
  #triedBytes = 0
  #turn = -1
  #begunInTurn = 0
  isBodyDone = true

  constructor(sink: RequestSink) {
    this.#sink = sink
  }

  /** Whether bytes wait here: of a head that is not complete, or for an exchange to take or to end. */
  get hasWaiting(): boolean {
    return this.#carry !== undefined
  }

  get waitingBytes(): number {
    return this.#carry === undefined ? 0 : this.#carry.length
  }

  /** Of the incomplete head that waits: see `unsoundMethod`. */
  get waitingMethod(): 'HEAD' | '' {
    return this.#carry === undefined ? '' : unsoundMethod(this.#carry, 0, this.#carry.length)
  }

  /** Body bytes that a request with a known length still owes. */
  get remaining(): number {
    return this.#decoder.remaining
  }

  /** The request with that head is refused: whether its body is done or small, and will come. */
  canDiscardBody(head: RequestHead): boolean {
    if (this.isBodyDone) return true
    return !head.isChunked && !head.expectsContinue && this.remaining <= maxDiscardBytes
  }

  /** What waits, for somebody else to use: nothing is read as HTTP any more. */
  takeWaiting(): Buffer | undefined {
    const bytes = this.#carry
    this.#carry = undefined
    return bytes
  }

  /** More bytes have come; they are only lent, and what waits is copied. */
  read(buffer: Buffer, end = buffer.length): void {
    if (this.#carry !== undefined) return this.#readOn(this.#carry, buffer.subarray(0, end))
    const at = this.#use(buffer, end)
    if (at < end) this.#carry = Buffer.from(buffer.subarray(at, end))
  }

  /** What waits may be of use now. */
  readWaiting(): void {
    const bytes = this.#carry
    if (bytes === undefined) return
    this.#carry = undefined
    const at = this.#use(bytes, bytes.length)
    if (at < bytes.length) this.#carry = bytes.subarray(at)
  }

  #readOn(waiting: Buffer, bytes: Buffer): void {
    this.#carry = Buffer.concat([waiting, bytes])
    if (!this.#isHeadHopeless(bytes)) this.readWaiting()
  }

  /**
   * A head that comes in drops is looked at again only when a line has ended or much has gathered: otherwise each
   * drop would cost a scan of everything before it, up to 50 µs.
   */
  #isHeadHopeless(bytes: Buffer): boolean {
    if (this.#sink.exchange !== undefined || !this.isBodyDone) return false
    return this.#carry!.length - this.#triedBytes < retryHeadBytes && !bytes.includes(lineFeed)
  }

  /** Uses what can be used now; returns where the rest begins. */
  #use(bytes: Buffer, end: number): number {
    let at = 0
    while (!this.#sink.isClosing) {
      if (!this.isBodyDone) {
        if (this.#sink.exchange !== undefined && !this.#sink.exchange.wantsBody) return at
        at = this.#useBody(bytes, at, end)
        // A body that was too long may have ended the connection.
        if (!this.isBodyDone || this.#sink.isClosing) return at
      }
      if (this.#sink.exchange !== undefined || at === end || this.#sink.isClogged) return at
      if (this.#isTurnFull()) return at
      at = this.#useHead(bytes, at, end)
      if (at < 0) return -at - 1
    }
    return end
  }

  #isTurnFull(): boolean {
    const { turn } = this.#sink
    if (turn !== this.#turn) this.#begunInTurn = 0
    this.#turn = turn
    if (this.#begunInTurn < mostRequestsPerTurn) return false
    this.#sink.onTurnFull()
    return true
  }

  /** Where the head ends, or `-1 - at` when it is not complete. */
  #useHead(bytes: Buffer, at: number, end: number): number {
    const head = parseRequestHead(bytes, at, end, this.#sink.underscoreNames)
    if (head === undefined) {
      this.#triedBytes = end - at
      return -1 - at
    }
    if (isParseError(head)) {
      this.#sink.onMalformedHead(head, unsoundMethod(bytes, at, end))
      return end
    }
    this.#decoder.reset(requestBodyKind(head), head.contentLength)
    this.isBodyDone = this.#decoder.isDone
    this.#begunInTurn += 1
    this.#sink.onRequestHead(head)
    return at + head.byteLength
  }

  #useBody(bytes: Buffer, start: number, end: number): number {
    const decoder = this.#decoder
    const sink = this.#sink
    let at = start
    while (at < end && !decoder.isDone) {
      at = decoder.next(bytes, at, end)
      if (decoder.error !== undefined) {
        this.isBodyDone = true
        this.#sink.onMalformedBody(decoder.error)
        return end
      }
      if (decoder.dataEnd > decoder.dataStart) sink.exchange?.onBody(bytes, decoder.dataStart, decoder.dataEnd)
    }
    if (!decoder.isDone) return at
    this.isBodyDone = true
    sink.exchange?.onBodyEnd()
    return at
  }
}
