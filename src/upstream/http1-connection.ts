import type { Expiring } from '../kit/sweeper.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import { lastChunk, SocketWriter } from '../wire/socket-writer.ts'
import type { StuckSocket } from '../wire/stuck-sockets.ts'
import { AnswerReader } from './answer-reader.ts'
import type { AnswerOwner } from './answer-reader.ts'
import type { IdleConnection } from './connection-room.ts'
import type { Endpoint } from './endpoint.ts'
import { connectFault, endpointFault } from './fault.ts'
import type { Fault } from './fault.ts'
import { openSocket } from './open-socket.ts'
import type { EndpointSocketEvents } from './open-socket.ts'
import { renderRequestHead } from './render-request-head.ts'
import type { AnswerSink, EndpointStream, ForwardRequest, TunnelEvents } from './transport.ts'

/** One connection to an endpoint, serving one request at a time. */
export class Http1Connection
  implements EndpointStream, AnswerOwner, EndpointSocketEvents, Expiring, IdleConnection, StuckSocket
{
  isReady = false
  deadlineUs = 0
  /** Undefined while idle. */
  sink: AnswerSink | undefined = undefined
  olderIdle: IdleConnection | undefined = undefined
  newerIdle: IdleConnection | undefined = undefined
  readonly #endpoint: Endpoint
  readonly #socket: ByteSocket
  readonly #writer: SocketWriter
  readonly #answer = new AnswerReader(this)
  /** Once the request has become a tunnel: who has the socket now. */
  #tunnel: TunnelEvents | undefined = undefined
  #timeoutMs = 0
  #idleTimeoutMs = 0
  #isChunkedRequest = false
  #isRequestDone = false
  #isReused = false
  #isDestroyed = false
  #isAnswerPaused = false

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
    this.#socket = openSocket(endpoint.address, endpoint.thread.readBuffer, this)
    this.#writer = new SocketWriter(this.#socket, endpoint.thread)
    this.deadlineUs = endpoint.thread.clock.monotonicUs() + endpoint.connectTimeoutMs * 1_000
    endpoint.thread.sweeper.add(this)
  }

  /** Hands the connection to a request; its endpoint calls this. */
  begin(sink: AnswerSink): void {
    this.sink = sink
    this.#isRequestDone = false
  }

  get isRequestDone(): boolean {
    return this.#isRequestDone
  }

  get isWritable(): boolean {
    return !this.#writer.isClogged
  }

  sendHead(request: ForwardRequest): void {
    this.#answer.begin(request.head.method, request.handshake)
    this.#timeoutMs = request.timeoutMs
    this.#idleTimeoutMs = request.idleTimeoutMs
    this.#isChunkedRequest = request.head.isChunked
    this.#writer.addText(renderRequestHead(request, this.#endpoint.authority))
  }

  sendBody(buffer: Buffer, start: number, end: number): void {
    if (this.#isChunkedRequest) this.#writer.addChunk(buffer, start, end)
    else this.#writer.addBytes(buffer, start, end)
  }

  endBody(): void {
    if (this.#isChunkedRequest) this.#writer.addText(lastChunk)
    this.#isRequestDone = true
    this.#awaitAnswer()
  }

  flush(): void {
    this.#writer.send()
    if (!this.#isRequestDone) this.#awaitTaking()
  }

  pauseAnswer(): void {
    this.deadlineUs = 0
    this.#isAnswerPaused = true
    this.#socket.pause()
  }

  resumeAnswer(): void {
    if (this.#isDestroyed) return
    this.#isAnswerPaused = false
    if (this.#isRequestDone) this.#awaitAnswer()
    else this.#awaitTaking()
    this.#socket.resume()
  }

  /** An endpoint that cannot get rid of its answer need not take the request. */
  get isBehind(): boolean {
    return this.sink !== undefined && !this.#isRequestDone && !this.#isAnswerPaused && this.#writer.isBehind
  }

  /** What is not read meanwhile is the client, whose own socket is watched. */
  get isPaused(): boolean {
    return false
  }

  /** What it sends shows as well that it is at work. */
  get takenBytes(): number {
    return this.#socket.takenBytes + this.#socket.receivedBytes
  }

  get inode(): string | undefined {
    return this.#socket.inode
  }

  get stallMs(): number {
    return this.#idleTimeoutMs
  }

  probe(): void {}

  onStall(): void {
    this.#guard(() => this.#fail(endpointFault('endpoint_timeout', 'it takes nothing of the request', false)))
  }

  release(): void {
    if (this.#isDestroyed) return
    if (!this.#isRequestDone || !this.#answer.isReusable) return this.destroy()
    this.#isReused = true
    this.#answer.forget()
    if (!this.#endpoint.keep(this)) return this.destroy()
    const thread = this.#endpoint.thread
    this.deadlineUs = thread.clock.monotonicUs() + thread.endpointIdleTimeoutMs * 1_000
  }

  destroy(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    this.sink = undefined
    this.#writer.abandon()
    this.#endpoint.thread.sweeper.delete(this)
    this.#endpoint.thread.stuck.delete(this)
    this.#endpoint.forget(this)
    this.#socket.destroy()
  }

  onDeadline(): void {
    this.#guard(() => this.#expire())
  }

  #expire(): void {
    if (!this.sink) return this.destroy()
    if (!this.isReady) return this.#fail(connectFault('connect timeout'))
    this.#fail(endpointFault('endpoint_timeout', this.#answer.hasHead ? 'the answer stands still' : 'no answer', false))
  }

  onConnect(): void {
    this.#guard(() => {
      this.isReady = true
      this.deadlineUs = 0
      this.sink?.onReady()
    })
  }

  onBytes(buffer: Buffer, length: number): void {
    const { sink } = this
    if (sink === undefined) return this.#onUnaskedBytes(buffer, length)
    try {
      this.#readAnswer(buffer, length)
    } catch (error) {
      this.#failDefect(sink, error)
    }
  }

  /** Unless they are a tunnel's, they must never become a part of somebody's answer. */
  #onUnaskedBytes(buffer: Buffer, length: number): void {
    if (this.#tunnel === undefined) this.destroy()
    else this.#tunnel.onEndpointBytes(buffer, 0, length)
  }

  #readAnswer(buffer: Buffer, length: number): void {
    const outcome = this.#answer.read(buffer, length)
    if (this.sink === undefined) return
    if (outcome === 'end') return this.#endAnswer()
    if (outcome === 'upgrade') return this.#becomeTunnel(this.sink)
    if (outcome === 'broken') return this.#fail(endpointFault('endpoint_protocol', this.#answer.detail, false))
    // A head that comes in drops is not waited for any longer.
    if (this.deadlineUs !== 0 && this.#answer.hasHead) this.#awaitAnswer()
    this.sink.onAnswerPause()
  }

  /** The sink lets go: from here on the connection is idle, and whatever still comes burns it. */
  #endAnswer(): void {
    const sink = this.sink
    this.sink = undefined
    this.deadlineUs = 0
    sink?.onAnswerEnd()
  }

  /** No deadline and no reader is left; either side of a tunnel may close before the other (RFC 9293 section 3.6). */
  #becomeTunnel(sink: AnswerSink): void {
    const { head, rest } = this.#answer.upgrade!
    this.sink = undefined
    this.deadlineUs = 0
    this.#endpoint.thread.sweeper.delete(this)
    this.#tunnel = sink.onUpgrade(head, this.#socket)
    if (rest.length > 0) this.#tunnel.onEndpointBytes(rest, 0, rest.length)
  }

  #closeTunnel(tunnel: TunnelEvents): void {
    this.destroy()
    tunnel.onEndpointClose()
  }

  /** While the client is still sending, the endpoint owes nothing but to take it. */
  #awaitTaking(): void {
    this.deadlineUs = 0
    if (!this.isWritable) this.#endpoint.thread.stuck.add(this)
  }

  #awaitAnswer(): void {
    const waitMs = this.#answer.hasHead ? this.#idleTimeoutMs : this.#timeoutMs
    this.deadlineUs = this.#endpoint.thread.clock.monotonicUs() + waitMs * 1_000
  }

  onDrain(): void {
    this.#guard(() => this.#goOn())
  }

  #goOn(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.onEndpointDrain()
    this.sink?.onWritable()
  }

  onEnd(): void {
    this.#guard(() => this.#endReading())
  }

  onClose(why: string): void {
    this.#guard(() => this.#breakOff(why === '' ? 'closed' : why))
  }

  #endReading(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.onEndpointEnd()
    if (this.#answer.finish() && this.sink !== undefined) return this.#endAnswer()
    this.#breakOff('closed before the answer was complete')
  }

  #breakOff(detail: string): void {
    if (this.#tunnel !== undefined) return this.#closeTunnel(this.#tunnel)
    if (!this.sink) return this.destroy()
    if (!this.isReady) return this.#fail(connectFault(detail))
    this.#fail(endpointFault('endpoint_closed', detail, this.#isReused && !this.#answer.hasByte))
  }

  #fail(fault: Fault): void {
    const sink = this.sink
    this.destroy()
    sink?.onFault(fault)
  }

  /** A defect ends this request alone. Only for events that are not on every request's path: it takes a closure. */
  #guard(step: () => void): void {
    const { sink } = this
    try {
      step()
    } catch (error) {
      if (sink === undefined) throw error
      this.#failDefect(sink, error)
    }
  }

  #failDefect(sink: AnswerSink, error: unknown): void {
    this.destroy()
    sink.onDefect(error)
  }
}
