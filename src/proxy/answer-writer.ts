import type { ResponseHead } from '../wire/http1/response-head.ts'
import { lastChunk } from '../wire/socket-writer.ts'
import type { SocketWriter } from '../wire/socket-writer.ts'
import type { Exchange } from './exchange.ts'
import type { Rejection } from './rejections.ts'
import { renderAnswerHead, renderInterimHead, renderRefusal, renderUpgradeHead } from './render-answer-head.ts'
import type { AnswerFraming } from './render-answer-head.ts'

/** Writes answers to an HTTP/1.1 client: head and first bytes in one write, the body in the client's framing. */
export class AnswerWriter {
  readonly #writer: SocketWriter
  /** Of what the writer has sent, how much has been counted. */
  #countedBytes = 0
  #framing: AnswerFraming = 'none'

  constructor(writer: SocketWriter) {
    this.#writer = writer
  }

  /** The client takes the end of the connection for the end of the answer (RFC 9112 section 6.3, item 8). */
  get isUntilClose(): boolean {
    return this.#framing === 'until_close'
  }

  /** RFC 9110 section 10.1.1: the request is admitted, the client may send the body that it announced. */
  continue(exchange: Exchange): void {
    this.#writeText(exchange, 'HTTP/1.1 100 Continue\r\n\r\n')
  }

  /** A 1xx answer of the endpoint; 100 is our own business, and HTTP/1.0 knows none (RFC 9110 section 15.2). */
  interim(exchange: Exchange, head: ResponseHead): void {
    if (exchange.head.minorVersion === 0 || head.status === 100) return
    this.#writeText(exchange, renderInterimHead(head))
  }

  /** The head of a 101, after which the bytes are no longer ours to frame. */
  upgrade(exchange: Exchange, head: ResponseHead): void {
    this.#writeText(exchange, renderUpgradeHead(head, exchange))
  }

  /** A whole answer of our own; it takes the place of one that was gathered and not written. */
  refuse(exchange: Exchange, rejection: Rejection, mustClose: boolean): void {
    this.discard()
    this.#writeText(exchange, renderRefusal(exchange, rejection, mustClose))
  }

  /** Begins an answer; returns whether the connection closes after it, which a body without a known end decides. */
  start(exchange: Exchange, head: ResponseHead, mustClose: boolean): boolean {
    const { requestId, setCookie, limitFields, thread } = exchange
    const ownFields = setCookie + limitFields
    const { minorVersion } = exchange.head
    this.#framing = framingFor(exchange, head)
    const closes = mustClose || this.#framing === 'until_close'
    const plan = { framing: this.#framing, minorVersion, mustClose: closes, requestId, ownFields, clock: thread.clock }
    this.#writer.addText(renderAnswerHead(head, plan))
    return closes
  }

  write(buffer: Buffer, start: number, end: number): void {
    if (this.#framing === 'chunked') this.#writer.addChunk(buffer, start, end)
    else this.#writer.addBytes(buffer, start, end)
  }

  /** False when the client does not take more for now. */
  flush(exchange: Exchange): boolean {
    this.#writer.send()
    exchange.bytesOut += this.#writer.sentBytes - this.#countedBytes
    this.#countedBytes = this.#writer.sentBytes
    return !this.#writer.isClogged
  }

  end(exchange: Exchange): void {
    if (this.#framing === 'chunked') this.#writer.addText(lastChunk)
    this.flush(exchange)
  }

  /** The answer breaks off: what was gathered is not sent. */
  discard(): void {
    this.#writer.discard()
  }

  #writeText(exchange: Exchange, text: string): void {
    this.#writer.addText(text)
    this.flush(exchange)
  }
}

/** RFC 9112 section 6.3 and 9110 sections 6.4.1 and 15.3.5: an HTTP/1.0 client knows no chunks. */
function framingFor(exchange: Exchange, head: ResponseHead): AnswerFraming {
  if (exchange.method === 'HEAD' || head.status === 204 || head.status === 304) return 'none'
  if (head.contentLength >= 0) return 'length'
  return exchange.head.minorVersion === 1 ? 'chunked' : 'until_close'
}
