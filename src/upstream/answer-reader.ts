import { BodyDecoder } from '../wire/http1/body-decoder.ts'
import { responseBodyKind } from '../wire/http1/framing.ts'
import { isParseError } from '../wire/http1/parse-error.ts'
import { parseResponseHead } from '../wire/http1/parse-response-head.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import { findAnswerMistake } from '../wire/http1/websocket-handshake.ts'
import type { WebSocketHandshake } from '../wire/http1/websocket-handshake.ts'
import type { AnswerSink } from './transport.ts'

/** More interim answers than this are an endpoint gone wrong. */
const maxInterimAnswers = 8

/** Whose answer is read; `sink` is undefined once nobody waits for it any more. */
export interface AnswerOwner {
  readonly sink: Pick<AnswerSink, 'onInterimHead' | 'onAnswerHead' | 'onAnswerData'> | undefined
  /** The whole request has been handed to the socket. */
  readonly isRequestDone: boolean
}

/** `more` is to come, the answer is at its `end`, it is a 101 (see `upgrade`), or it is `broken` (see `detail`). */
export type ReadOutcome = 'more' | 'end' | 'upgrade' | 'broken'

/** Turns an endpoint's bytes into one answer after the other, and judges whether the connection may serve another. */
export class AnswerReader {
  /** Any byte of the answer has come. */
  hasByte = false
  /** What was wrong with a broken answer. */
  detail = ''
  /** The 101 that was asked for, and what came behind its head, which is only lent. */
  upgrade: { readonly head: ResponseHead; readonly rest: Buffer } | undefined = undefined
  readonly #owner: AnswerOwner
  readonly #decoder = new BodyDecoder()
  #method = ''
  #handshake: WebSocketHandshake | undefined = undefined
  #head: ResponseHead | undefined = undefined
  /** Bytes of a head that is not complete yet. */
  #carry: Buffer | undefined = undefined
  #interimAnswers = 0
  #mustBurn = false

  constructor(owner: AnswerOwner) {
    this.#owner = owner
  }

  /** The next answer is to a request with this method, which opens a WebSocket if there is a handshake. */
  begin(method: string, handshake: WebSocketHandshake | undefined): void {
    this.#method = method
    this.#handshake = handshake
    this.#head = undefined
    this.#interimAnswers = 0
    this.hasByte = false
  }

  /** The head of the answer has come; interim ones do not count. */
  get hasHead(): boolean {
    return this.#head !== undefined
  }

  /** The answer was complete, nothing came after it, and the endpoint keeps the connection open. */
  get isReusable(): boolean {
    return this.#decoder.isDone && !this.#mustBurn && this.#head?.keepAlive === true
  }

  /**
   * Nothing more is wanted of the last answer. What a connection holds on to while it lies idle lives to be old, and is collected late:
   * 0.9 KB for each request where many tenants are busy in turn.
   */
  forget(): void {
    this.#head = undefined
    this.#handshake = undefined
  }

  /** The bytes are only lent; what belongs to an incomplete head is copied. */
  read(buffer: Buffer, length: number): ReadOutcome {
    this.hasByte = true
    if (this.#carry === undefined) return this.#read(buffer, length)
    const whole = Buffer.concat([this.#carry, buffer.subarray(0, length)])
    this.#carry = undefined
    return this.#read(whole, whole.length)
  }

  /** The endpoint closed in good order: whether that ends the answer (RFC 9112 section 6.3, item 8). */
  finish(): boolean {
    this.#mustBurn = true
    return this.#head !== undefined && !this.#decoder.isDone && this.#decoder.finish()
  }

  #read(buffer: Buffer, end: number): ReadOutcome {
    let at = 0
    while (this.#head === undefined) {
      if (at === end) return 'more'
      const head = parseResponseHead(buffer, at, end)
      if (head === undefined) {
        this.#carry = Buffer.from(buffer.subarray(at, end))
        return 'more'
      }
      if (isParseError(head)) return this.#broken(head.detail)
      at += head.byteLength
      if (head.status >= 200) this.#acceptHead(head)
      else if (head.status === 101) return this.#acceptUpgrade(head, buffer.subarray(at, end))
      else if (!this.#acceptInterim(head)) return 'broken'
    }
    return this.#readBody(buffer, at, end)
  }

  #acceptHead(head: ResponseHead): void {
    this.#head = head
    const kind = responseBodyKind(head, this.#method)
    this.#decoder.reset(kind, head.contentLength)
    this.#mustBurn = kind === 'until_close' || this.#handshake !== undefined || announcesImpossibleBody(head)
    // RFC 9112 section 9.5: who answers before it has the body may not read it, and would take it for a request.
    if (!this.#owner.isRequestDone) this.#mustBurn = true
    this.#owner.sink?.onAnswerHead(head)
  }

  /** RFC 9110 section 15.2: any number in theory. */
  #acceptInterim(head: ResponseHead): boolean {
    this.#interimAnswers += 1
    if (this.#interimAnswers > maxInterimAnswers) {
      this.#broken('too many interim answers')
      return false
    }
    this.#owner.sink?.onInterimHead(head)
    return true
  }

  /** RFC 9110 section 7.8: only where an upgrade was asked for, and to nothing else. */
  #acceptUpgrade(head: ResponseHead, rest: Buffer): ReadOutcome {
    if (this.#handshake === undefined) return this.#broken('101 without an upgrade')
    const mistake = findAnswerMistake(head, this.#handshake)
    if (mistake !== undefined) return this.#broken(mistake)
    this.upgrade = { head, rest }
    return 'upgrade'
  }

  #readBody(buffer: Buffer, start: number, end: number): ReadOutcome {
    const decoder = this.#decoder
    let at = start
    while (at < end && !decoder.isDone) {
      at = decoder.next(buffer, at, end)
      if (decoder.error !== undefined) return this.#broken(decoder.error.detail)
      if (decoder.dataEnd > decoder.dataStart) {
        this.#owner.sink?.onAnswerData(buffer, decoder.dataStart, decoder.dataEnd)
      }
    }
    if (!decoder.isDone) return 'more'
    // RFC 9112 section 6.3: bytes beyond the answer are nobody's, and this connection serves nobody again.
    if (at < end) this.#mustBurn = true
    return 'end'
  }

  #broken(detail: string): 'broken' {
    this.detail = detail
    return 'broken'
  }
}

/** RFC 9110 section 8.6 and 9112 section 6.1: a 204 has none, so an endpoint that announces one may well send it. */
function announcesImpossibleBody(head: ResponseHead): boolean {
  return head.status === 204 && (head.isChunked || head.contentLength > 0)
}
