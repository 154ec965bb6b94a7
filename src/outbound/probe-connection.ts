import { AnswerReader } from '../upstream/answer-reader.ts'
import type { AnswerOwner, ReadOutcome } from '../upstream/answer-reader.ts'
import type { EndpointAddress } from '../upstream/endpoint.ts'
import { openSocket } from '../upstream/open-socket.ts'
import type { EndpointSocketEvents } from '../upstream/open-socket.ts'
import type { AnswerSink } from '../upstream/transport.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import { readBuffer } from './probe-socket.ts'

/** Who asks, and is told of the answer. */
export interface Asker extends Pick<AnswerSink, 'onInterimHead' | 'onAnswerHead' | 'onAnswerData'> {
  onConnected(): void
  /** One read is through. */
  onRead(outcome: ReadOutcome, detail: string): void
  /** It closed before its answer was complete; with an `errno` name where it broke. */
  onClosed(why: string): void
}

/** A connection for an endpoint's checks, one request at a time, with the eyes that traffic is read with. */
export class ProbeConnection implements EndpointSocketEvents, AnswerOwner {
  readonly isRequestDone = true
  /** Undefined while it waits for its next request. */
  sink: Asker | undefined = undefined
  /** It has served before. */
  isReused = false
  isClosed = false
  readonly #socket: ByteSocket
  readonly #answer = new AnswerReader(this)
  #isReady = false
  #request = ''

  constructor(address: EndpointAddress) {
    this.#socket = openSocket(address, readBuffer, this)
  }

  /** Nothing of the answer has come. */
  get isUnanswered(): boolean {
    return !this.#answer.hasByte
  }

  ask(method: string, request: string, asker: Asker): void {
    this.sink = asker
    this.#answer.begin(method, undefined)
    this.#request = request
    if (this.#isReady) this.#socket.writeText(request)
  }

  /** The answer is through; false when the connection serves nobody again. */
  rest(): boolean {
    this.sink = undefined
    this.isReused = true
    return this.#answer.isReusable && !this.isClosed
  }

  close(): void {
    this.sink = undefined
    this.isClosed = true
    this.#socket.destroy()
  }

  onConnect(): void {
    this.#isReady = true
    this.sink?.onConnected()
    this.#socket.writeText(this.#request)
  }

  /** What nobody has asked for must not become a part of the next answer. */
  onBytes(buffer: Buffer, length: number): void {
    if (this.sink === undefined) return this.close()
    const outcome = this.#answer.read(buffer, length)
    this.sink.onRead(outcome, this.#answer.detail)
  }

  onDrain(): void {}

  onEnd(): void {
    if (this.sink !== undefined && this.#answer.finish()) this.sink.onRead('end', '')
    else this.onClose('')
  }

  onClose(why: string): void {
    const { sink } = this
    this.close()
    sink?.onClosed(why)
  }
}
