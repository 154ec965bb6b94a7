import { clientFault } from '../upstream/fault.ts'
import type { Fault } from '../upstream/fault.ts'
import type { TunnelEvents } from '../upstream/transport.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import type { ParseError } from '../wire/http1/parse-error.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import { RequestHead } from '../wire/http1/request-head.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import { asksForUpgrade } from './admit-upgrade.ts'
import type { TcpHandle } from '../wire/tcp-handle.ts'
import { AnswerWriter } from './answer-writer.ts'
import { refuseExchange } from './attempt.ts'
import { beginExchange } from './begin.ts'
import { ClientDeadline } from './client-deadline.ts'
import { ClientSocket } from './client-socket.ts'
import type { ClientSocketEvents } from './client-socket.ts'
import type { ConnectionLease } from './connection-lease.ts'
import { cutOffExchange } from './cut-off.ts'
import { Exchange } from './exchange.ts'
import { failExchange } from './fail.ts'
import type { Front } from './front.ts'
import { admit } from './pipeline.ts'
import { rejectionOfParseError, rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import { abandonExchange } from './relay.ts'
import { RequestReader } from './request-reader.ts'
import type { RequestSink } from './request-reader.ts'
import type { Connected, ThreadState } from './thread-state.ts'
import { isTraced } from './trace.ts'
import { Tunnel } from './tunnel.ts'

/** Once so much waits behind the request under way, no more is read: enough to notice a client that goes away. */
const mostWaitingBytes = 64 * 1024

/** One HTTP/1.1 connection of a client: requests in order, one exchange at a time, the rest waits (see `RequestReader`). */
export class ClientConnection implements Front, RequestSink, ClientSocketEvents, Connected {
  readonly peerAddress: string
  readonly isTls = false
  forwardedAuthority = ''
  forwardedFields = ''
  readonly lease: ConnectionLease
  exchange: Exchange | undefined = undefined
  isClosing = false
  readonly #thread: ThreadState
  readonly #socket: ClientSocket
  readonly #reader = new RequestReader(this)
  readonly #answer: AnswerWriter
  #tunnel: Tunnel | undefined = undefined
  readonly #deadline: ClientDeadline
  #isReading = false
  /** What waits is read on in the next turn. */
  #isTurnFull = false
  #mustClose = false
  /** The client has said that it will ask for nothing more. */
  #isLastRequest = false

  constructor(thread: ThreadState, handle: TcpHandle, lease: ConnectionLease) {
    this.#thread = thread
    this.#socket = new ClientSocket(thread, handle, lease, this)
    this.lease = lease
    this.#answer = new AnswerWriter(this.#socket.writer)
    this.peerAddress = lease.peerAddress
    thread.connections.add(this)
    this.#deadline = new ClientDeadline(thread, this.#socket, this.#reader)
  }

  get isClogged(): boolean {
    return this.#socket.isClogged
  }

  get turn(): number {
    return this.#thread.turn.count
  }

  get underscoreNames(): 'drop' | 'refuse' {
    return this.#thread.global.underscoreNames
  }

  get isBusy(): boolean {
    return this.exchange !== undefined || this.#socket.hasUnsent
  }

  onSettings(before: GlobalSnapshot): void {
    if (!this.isClosing) this.#deadline.onSettings(before, this.exchange)
  }

  /** What is under way is answered with `Connection: close`; a connection that waits for a request closes at once. */
  drain(): void {
    this.#mustClose = true
    if (this.exchange === undefined && !this.isClosing) this.#finish()
  }

  get tenantId(): number {
    return this.exchange?.tenantId ?? 0
  }

  abandon(): void {
    if (this.#tunnel !== undefined && this.exchange !== undefined) return this.#tunnel.abandon()
    if (this.exchange !== undefined)
      return this.#abandon(this.exchange, clientFault('client_closed', 'the drain time is over'))
    this.#socket.destroy()
  }

  onRequestHead(head: RequestHead): void {
    this.#socket.deadlineUs = 0
    if (!head.keepAlive) this.#mustClose = this.#isLastRequest = true
    const exchange = this.#openExchange(head)
    if (isTraced(exchange)) exchange.trace = []
    const rejection = admit(exchange)
    if (rejection !== undefined) return refuseExchange(exchange, rejection)
    if (head.expectsContinue && !this.#reader.isBodyDone) this.#answer.continue(exchange)
    beginExchange(exchange)
  }

  onMalformedHead(error: ParseError, method: 'HEAD' | ''): void {
    this.#refuseUnread(rejectionOfParseError(error), method)
  }

  /** The endpoint must not take what it got for the whole, and nothing after it is trusted. */
  onMalformedBody(error: ParseError): void {
    this.#mustClose = true
    const { exchange } = this
    if (exchange === undefined) return this.#finish()
    cutOffExchange(exchange, rejectionOfParseError(error))
  }

  onTurnFull(): void {
    if (this.#isTurnFull) return
    this.#isTurnFull = true
    setImmediate(() => {
      this.#isTurnFull = false
      if (!this.isClosing && this.exchange === undefined) this.#readOn()
    })
  }

  resumeBody(): void {
    this.#readOn()
  }

  writeInterim(exchange: Exchange, head: ResponseHead): void {
    this.#answer.interim(exchange, head)
  }

  startAnswer(exchange: Exchange, head: ResponseHead): void {
    if (!this.#reader.isBodyDone || this.#thread.isDraining || exchange.handshake !== undefined) this.#mustClose = true
    this.#mustClose = this.#answer.start(exchange, head, this.#mustClose)
  }

  writeAnswer(_exchange: Exchange, buffer: Buffer, start: number, end: number): void {
    this.#answer.write(buffer, start, end)
  }

  flushAnswer(exchange: Exchange): boolean {
    const isTaken = this.#answer.flush(exchange)
    if (!isTaken) this.#socket.awaitTaking()
    return isTaken
  }

  /** Of this connection nothing is left but its place among those of the thread. */
  startTunnel(exchange: Exchange, head: ResponseHead, endpoint: ByteSocket): TunnelEvents {
    this.isClosing = true
    this.#answer.upgrade(exchange, head)
    const tunnel = new Tunnel(exchange, { client: this.#socket, endpoint, onOver: () => this.onClose() })
    this.#tunnel = tunnel
    const early = this.#reader.takeWaiting()
    this.#socket.handOver(tunnel)
    if (early !== undefined) tunnel.onBytes(early, early.length)
    return tunnel
  }

  endAnswer(exchange: Exchange): void {
    this.#answer.end(exchange)
  }

  refuse(exchange: Exchange, rejection: Rejection): void {
    if (this.#thread.isDraining || !this.#reader.canDiscardBody(exchange.head)) this.#mustClose = true
    // Nothing that follows a doubtful request is trusted, and what follows an upgrade may be meant for another protocol.
    if (rejection.status === 400 || asksForUpgrade(exchange.head)) this.#mustClose = true
    if (rejection === rejections.tooManyConnections) this.#mustClose = true
    this.#answer.refuse(exchange, rejection, this.#mustClose)
  }

  abort(): void {
    this.isClosing = true
    this.#answer.discard()
    this.#breakOff()
  }

  exchangeClosed(): void {
    this.exchange = undefined
    if (this.isClosing) return
    if (this.#mustClose) return this.#isLastRequest ? this.#close() : this.#finish()
    this.#deadline.lieIdle()
    if (this.#socket.isBehind) this.#socket.awaitTaking()
    if (!this.#isReading) this.#readOn()
  }

  onBytes(buffer: Buffer, length: number): void {
    if (!this.isClosing) this.#guardedRead(buffer, length)
  }

  /** A client that closes its side while it is owed an answer has given up: its endpoint need not work on. */
  onEnd(): void {
    if (this.exchange === undefined) return this.#finish()
    this.#abandon(this.exchange, clientFault('client_closed', 'the client closed'))
  }

  onDrain(): void {
    if (this.isClosing) return
    if (this.exchange === undefined) return this.exchangeClosed()
    this.exchange.onClientWritable()
  }

  onClose(): void {
    this.isClosing = true
    this.#thread.connections.delete(this)
    if (this.exchange !== undefined) this.#abandon(this.exchange, clientFault('client_closed', 'the client closed'))
  }

  /** RFC 9110 section 15.5.9: a request that is late is answered with 408 where it can be; who sends nothing is not answered. */
  onDeadline(): void {
    const { exchange } = this
    if (exchange !== undefined) {
      if (exchange.isAnswerStarted) return this.#abandon(exchange, clientFault('client_timeout', 'its body is late'))
      this.#mustClose = true
      return cutOffExchange(exchange, rejections.requestTimeout)
    }
    // It is not idle yet.
    if (this.#socket.isBehind) return this.#deadline.lieIdle()
    if (!this.#reader.isBodyDone || !this.#reader.hasWaiting) return this.#socket.destroy()
    this.#refuseUnread(rejections.requestTimeout, this.#reader.waitingMethod)
  }

  /** A reset, so that the kernel does not keep for it what it does not take. */
  onStall(): void {
    this.#socket.reset()
    if (this.exchange !== undefined) this.#abandon(this.exchange, clientFault('client_timeout', 'it takes nothing'))
  }

  /** The endpoint is ready, or the last exchange has ended: what waits may be of use now. */
  #readOn(): void {
    this.#socket.resume()
    this.#guardedRead(undefined, 0)
  }

  #guardedRead(buffer: Buffer | undefined, length: number): void {
    this.#isReading = true
    try {
      if (buffer === undefined) this.#reader.readWaiting()
      else this.#reader.read(buffer, length)
      this.#afterRead(length)
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#isReading = false
    }
  }

  /** Sends on what was read, and reads no further while nobody can use it. */
  #afterRead(length: number): void {
    if (this.isClosing) return
    const { exchange } = this
    if (exchange === undefined) return this.#afterIdleRead(length)
    const isTaken = exchange.flushRequest()
    if (!isTaken || this.#reader.waitingBytes >= mostWaitingBytes) this.#socket.pause()
    this.#deadline.awaitRest(exchange, length)
  }

  #afterIdleRead(length: number): void {
    if (this.isClogged) return this.#socket.pause()
    if (!this.#isTurnFull) return this.#deadline.awaitHead(length)
    if (this.#reader.waitingBytes >= mostWaitingBytes) this.#socket.pause()
  }

  #openExchange(head: RequestHead): Exchange {
    this.#deadline.endHead()
    const exchange = new Exchange(this.#thread, this, head)
    exchange.isRequestDone = this.#reader.isBodyDone
    this.exchange = exchange
    return exchange
  }

  /** Even what never became a request is answered and recorded; all that is known of it is whether it was for HEAD. */
  #refuseUnread(rejection: Rejection, method: 'HEAD' | ''): void {
    this.#mustClose = true
    const head = new RequestHead()
    head.method = method
    refuseExchange(this.#openExchange(head), rejection)
  }

  #abandon(exchange: Exchange, fault: Fault): void {
    this.isClosing = true
    this.#answer.discard()
    abandonExchange(exchange, fault)
    this.#breakOff()
  }

  /** Where an end in good order would make an answer whole, only a reset says that it is not (RFC 9112 section 8). */
  #breakOff(): void {
    if (this.#answer.isUntilClose) this.#socket.reset()
    else this.#socket.destroy()
  }

  /** Unread bytes would turn an immediate close into a reset, which may cost the client its answer. */
  #close(): void {
    if (!this.#reader.isBodyDone || this.#reader.hasWaiting) return this.#finish()
    this.isClosing = true
    this.#socket.close()
  }

  #finish(): void {
    this.isClosing = true
    this.#socket.finish()
  }

  /** A defect of ours ends this exchange, or this connection, and nothing else. */
  #fail(error: unknown): void {
    if (this.exchange !== undefined) return failExchange(this.exchange, error)
    this.#thread.log.error({ code: 'internal_error', err: error }, 'a connection failed')
    this.abort()
  }
}
