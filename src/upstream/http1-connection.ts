import type net from 'node:net'
import type { Expiring } from '../kit/sweeper.ts'
import { BodyDecoder } from '../wire/http1/body-decoder.ts'
import { isParseError } from '../wire/http1/parse-error.ts'
import { parseResponseHead } from '../wire/http1/parse-response-head.ts'
import { responseBodyKind } from '../wire/http1/framing.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import { chunkFramingBytes, lastChunk, type WriteBatch } from '../wire/write-batch.ts'
import type { Endpoint } from './endpoint.ts'
import { connectFault, endpointFault, type Fault, type FaultCode } from './fault.ts'
import { openSocket } from './open-socket.ts'
import { renderRequestHead } from './render-request-head.ts'
import type { AnswerSink, EndpointStream, ForwardRequest } from './transport.ts'

/** More interim answers than this are an endpoint gone wrong. */
const maxInterimAnswers = 8

/** Body parts from here on are written as they are instead of being gathered first. */
const largePartBytes = 16 * 1024

/** One connection to an endpoint, serving one request at a time. */
export class Http1Connection implements EndpointStream, Expiring {
  isReady = false
  deadlineUs = 0
  readonly #endpoint: Endpoint
  readonly #socket: net.Socket
  readonly #batch: WriteBatch
  readonly #decoder = new BodyDecoder()
  #sink: AnswerSink | undefined = undefined
  #head: ResponseHead | undefined = undefined
  /** Bytes of an answer's head that is not complete yet. */
  #carry: Buffer | undefined = undefined
  #method = ''
  #timeoutMs = 0
  #interimAnswers = 0
  #isChunkedRequest = false
  #isRequestDone = false
  #isReused = false
  #hasAnswerByte = false
  #mustBurn = false
  #isDestroyed = false

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
    this.#batch = endpoint.thread.batch
    this.#socket = openSocket(endpoint.address, endpoint.thread.readBuffer, {
      onConnect: () => this.#onConnect(),
      onBytes: (buffer, length) => this.#onBytes(buffer, length),
      onDrain: () => this.#sink?.onWritable(),
      onEnd: () => this.#onEnd(),
      onError: (detail) => this.#onError(detail),
      onClose: () => this.#onError('closed'),
    })
    this.deadlineUs = endpoint.thread.clock.monotonicUs() + endpoint.connectTimeoutMs * 1_000
    endpoint.thread.sweeper.add(this)
  }

  /** Hands the connection to a request; its endpoint calls this. */
  begin(sink: AnswerSink): void {
    this.#sink = sink
    this.#head = undefined
    this.#interimAnswers = 0
    this.#isRequestDone = false
    this.#hasAnswerByte = false
  }

  get isWritable(): boolean {
    return !this.#socket.writableNeedDrain
  }

  sendHead(request: ForwardRequest): void {
    this.#method = request.head.method
    this.#timeoutMs = request.timeoutMs
    this.#isChunkedRequest = request.head.isChunked
    this.#batch.claim(this).addText(renderRequestHead(request, this.#endpoint.authority))
  }

  /** The bytes must stay as they are until the socket has taken them. */
  sendBody(buffer: Buffer, start: number, end: number): void {
    const batch = this.#batch.claim(this)
    if (end - start < largePartBytes && batch.hasRoom(end - start + chunkFramingBytes)) {
      if (this.#isChunkedRequest) batch.addChunk(buffer, start, end)
      else batch.addBytes(buffer, start, end)
      return
    }
    if (!batch.hasRoom(chunkFramingBytes)) this.flush()
    if (this.#isChunkedRequest) batch.addText((end - start).toString(16) + '\r\n')
    this.flush()
    this.#socket.write(buffer.subarray(start, end))
    if (this.#isChunkedRequest) batch.addText('\r\n')
  }

  endBody(): void {
    if (this.#isChunkedRequest) this.#batch.claim(this).addText(lastChunk)
    this.#isRequestDone = true
  }

  flush(): void {
    if (this.#batch.isEmptyFor(this)) return
    this.#socket.write(this.#batch.take())
    this.#awaitAnswer()
  }

  pauseAnswer(): void {
    this.deadlineUs = 0
    this.#socket.pause()
  }

  resumeAnswer(): void {
    if (this.#isDestroyed) return
    this.#awaitAnswer()
    this.#socket.resume()
  }

  release(): void {
    if (this.#isDestroyed) return
    const isClean = this.#decoder.isDone && this.#isRequestDone && this.#head?.keepAlive === true && !this.#mustBurn
    if (!isClean) return this.destroy()
    this.#isReused = true
    if (!this.#endpoint.keep(this)) return this.destroy()
    const thread = this.#endpoint.thread
    this.deadlineUs = thread.clock.monotonicUs() + thread.endpointIdleTimeoutMs * 1_000
  }

  destroy(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    this.#sink = undefined
    this.#batch.discard(this)
    this.#endpoint.thread.sweeper.delete(this)
    this.#endpoint.forget(this)
    this.#socket.destroy()
  }

  onDeadline(): void {
    if (!this.#sink) return this.destroy()
    if (!this.isReady) return this.#fail(connectFault('connect timeout'))
    this.#fail(endpointFault('endpoint_timeout', `no byte for ${this.#timeoutMs} ms`, false))
  }

  #onConnect(): void {
    this.isReady = true
    this.deadlineUs = 0
    this.#sink?.onReady()
  }

  #onBytes(buffer: Buffer, length: number): void {
    // Nobody asked for these bytes: they must never become a part of somebody's answer.
    if (!this.#sink) return this.destroy()
    if (this.#carry) {
      const whole = Buffer.concat([this.#carry, buffer.subarray(0, length)])
      this.#carry = undefined
      return this.#readAnswer(whole, whole.length)
    }
    this.#readAnswer(buffer, length)
  }

  #readAnswer(buffer: Buffer, end: number): void {
    this.#hasAnswerByte = true
    let at = 0
    if (!this.#head) {
      at = this.#readHeads(buffer, end)
      if (!this.#head || !this.#sink) return
    }
    this.#readBody(buffer, at, end)
  }

  /** Interim heads, then the final one; returns where the body starts. */
  #readHeads(buffer: Buffer, end: number): number {
    let at = 0
    while (at < end) {
      const head = parseResponseHead(buffer, at, end)
      if (head === undefined) {
        this.#carry = Buffer.from(buffer.subarray(at, end))
        return end
      }
      if (isParseError(head)) return this.#protocolError(head.detail, end)
      at += head.byteLength
      if (head.status >= 200) {
        this.#acceptHead(head)
        return at
      }
      this.#interimAnswers += 1
      if (head.status === 101) return this.#protocolError('101 without an upgrade', end)
      if (this.#interimAnswers > maxInterimAnswers) return this.#protocolError('too many interim answers', end)
      this.#sink?.onInterimHead(head)
    }
    return at
  }

  #acceptHead(head: ResponseHead): void {
    this.#head = head
    const kind = responseBodyKind(head, this.#method)
    this.#decoder.reset(kind, head.contentLength)
    this.#mustBurn = kind === 'until_close'
    this.#sink?.onAnswerHead(head)
  }

  #readBody(buffer: Buffer, start: number, end: number): void {
    const decoder = this.#decoder
    let at = start
    while (at < end && !decoder.isDone) {
      at = decoder.next(buffer, at, end)
      if (decoder.error) return this.#fail(endpointFault('endpoint_protocol', decoder.error.detail, false))
      if (decoder.dataEnd > decoder.dataStart) this.#sink?.onAnswerData(buffer, decoder.dataStart, decoder.dataEnd)
      if (!this.#sink) return
    }
    if (!decoder.isDone) {
      if (this.deadlineUs !== 0) this.#awaitAnswer()
      return this.#sink?.onAnswerPause()
    }
    // Bytes beyond the answer are forwarded to nobody, and neither is this connection.
    if (at < end) this.#mustBurn = true
    this.#endAnswer()
  }

  /** The sink lets go: from here on the connection is idle, and whatever still comes burns it. */
  #endAnswer(): void {
    const sink = this.#sink
    this.#sink = undefined
    this.deadlineUs = 0
    sink?.onAnswerEnd()
  }

  #awaitAnswer(): void {
    this.deadlineUs = this.#endpoint.thread.clock.monotonicUs() + this.#timeoutMs * 1_000
  }

  #onEnd(): void {
    this.#mustBurn = true
    if (this.#sink && this.#head && !this.#decoder.isDone && this.#decoder.finish()) return this.#endAnswer()
    this.#onError('closed before the answer was complete')
  }

  #onError(detail: string): void {
    if (!this.#sink) return this.destroy()
    if (!this.isReady) return this.#fail(connectFault(detail))
    this.#failWith('endpoint_closed', detail)
  }

  #protocolError(detail: string, end: number): number {
    this.#failWith('endpoint_protocol', detail)
    return end
  }

  #failWith(code: FaultCode, detail: string): void {
    this.#fail(endpointFault(code, detail, this.#isReused && !this.#hasAnswerByte))
  }

  #fail(fault: Fault): void {
    const sink = this.#sink
    this.destroy()
    sink?.onFault(fault)
  }
}
