import type { Expiring } from '../kit/sweeper.ts'
import { createRequestId } from '../kit/uuid7.ts'
import type { QuotaRuntime } from '../limit/quota.ts'
import type { TrafficRecord } from '../slab/record.ts'
import type { Fault } from '../upstream/fault.ts'
import type { AnswerSink, EndpointStream, ForwardRequest, TunnelEvents } from '../upstream/transport.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import type { WebSocketHandshake } from '../wire/http1/websocket-handshake.ts'
import { readOn, resumeAttempt, sendRequest, startAttempt } from './attempt.ts'
import { attemptResult } from './breakers.ts'
import type { AttemptResult } from './breakers.ts'
import { findClientAddress } from './client-address.ts'
import { cutOffExchange } from './cut-off.ts'
import { failExchange } from './fail.ts'
import type { Front } from './front.ts'
import { startHedge } from './hedge.ts'
import type { Hedge } from './hedge.ts'
import type { KeptBody } from './kept-body.ts'
import type { LimitRuntime } from './limit-runtime.ts'
import type { Mirror } from './mirror.ts'
import { tryNext } from './next-attempt.ts'
import { observeFailure } from './observe-endpoint.ts'
import type { BoundedPool, Waiting } from './pool-queues.ts'
import type { EndpointRuntime } from './pool-runtime.ts'
import { rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import { endRelay, handleFault, pauseRelay, relayHead, relayUpgrade } from './relay.ts'
import type { Shape } from './shape.ts'
import type { Share } from './share.ts'
import type { KeyRuntime, RouteRuntime, TenantRuntime } from './tenant-runtime.ts'
import type { ThreadState } from './thread-state.ts'
import type { Step } from './trace.ts'

const noCells: readonly number[] = Object.freeze([])

/**
 * One request and its answer, from the parsed head to the record: what the phases decide about, what the endpoint is
 * sent, who is told of the answer, and what is written down in the end. All fields exist from the start, so that every
 * exchange has the same shape.
 */
export class Exchange implements ForwardRequest, AnswerSink, TrafficRecord, Expiring, Waiting {
  readonly thread: ThreadState
  readonly front: Front
  readonly head: RequestHead
  readonly openedUs: number

  // The record.
  readonly timeMs: number
  readonly requestId: string
  readonly method: string
  readonly host: string
  path: string
  readonly userAgent: string
  clientAddress: string
  tenantId = 0
  routeId = 0
  keyId = 0
  endpointId = 0
  status = 0
  code = ''
  attempts = 0
  bytesIn: number
  bytesOut = 0
  durationUs = 0
  endpointTimeUs = 0
  waitingUs = 0
  endpointUs = -1
  failedAttempts = ''
  shadowed = ''

  /** What each phase has decided; undefined where nobody wants to know. */
  trace: Step[] | undefined = undefined
  /** The same as its record has it. */
  notes = ''

  // What was decided.
  tenant: TenantRuntime | undefined = undefined
  route: RouteRuntime | undefined = undefined
  key: KeyRuntime | undefined = undefined
  retryAfterSeconds = 0
  allow = ''
  isRejected = false
  /** Of what decides about the endpoint; 0 where nothing is looked at. */
  hash = 0
  /** Index of the endpoint that the client is pinned to; -1: none. */
  pinned = -1
  isPinOld = false
  /** Its endpoint has no place now and may have one for the next request. */
  isPinFull = false
  /** A whole field line of the answer, or empty. */
  setCookie = ''
  /** Field lines of the answer that say what is left of limits. */
  limitFields = ''
  /** Where its bandwidth is bounded. */
  shape: Shape | undefined = undefined
  /** What has refused it, `KIND:NAME`; see rule-of.ts. */
  rule = ''
  /** Which limit has refused it. */
  violated = ''

  // What the endpoint is sent.
  target: string
  forwardedFields = ''
  tenantName = ''
  withheldFields = 0
  cookieLine = ''
  handshake: WebSocketHandshake | undefined = undefined
  timeoutMs = 0
  idleTimeoutMs = 0

  // What it may take.
  /** Head and body, in bytes as `bytesIn` counts them. */
  maxBytesIn = Infinity
  /** Which limit says so; empty: its route. */
  bodyRule = ''
  deadlineUs = 0

  // Where it stands.
  /** Since when it waits for a place, and where; 0: it does not. */
  queuedUs = 0
  waitsIn: BoundedPool | undefined = undefined
  /** At whose places for what is under way it has one. */
  heldLimits: LimitRuntime[] | undefined = undefined
  /** Quotas that are charged when it is over. */
  meteredBy: QuotaRuntime[] | undefined = undefined
  /** Where its buckets lie, by limit, and what time it is for them. */
  limitCells: readonly number[] = noCells
  limitTicks = 0
  /** How long it waits for its turn, though it is charged. */
  delayUs = 0
  /** In its route's pool. */
  holdsPlace = false
  /** For which its tenant is charged, where several share the pool, or the server as a whole. */
  share: Share | undefined = undefined
  serverShare: Share | undefined = undefined
  endpoint: EndpointRuntime | undefined = undefined
  stream: EndpointStream | undefined = undefined
  /** Indexes of endpoints that have failed it; made when the first one does. */
  tried: number[] | undefined = undefined
  /** A second attempt beside the one that counts. */
  hedge: Hedge | undefined = undefined
  /** Until its next attempt, or a second one beside the first. */
  timer: NodeJS.Timeout | undefined = undefined
  /** A copy of it that goes to another pool, until the request is whole. */
  mirror: Mirror | undefined = undefined
  /** Where the body may have to be sent again. */
  keptBody: KeptBody | undefined = undefined
  sentUs = 0
  /** What came of the attempt under way, or of the last one. */
  result: AttemptResult = attemptResult.unknown
  /** Whose probe it is, in bits of `probeOf`. */
  probes = 0
  isSettled = false
  /** The endpoint takes the request's body. */
  wantsBody = false
  isRequestDone = false
  isAnswerStarted = false
  isAnswerPaused = false
  isClosed = false

  constructor(thread: ThreadState, front: Front, head: RequestHead) {
    this.thread = thread
    this.front = front
    this.head = head
    this.openedUs = thread.clock.monotonicUs()
    this.timeMs = thread.clock.wallMs()
    this.requestId = createRequestId(this.timeMs)
    this.method = head.method
    this.host = head.host
    this.target = head.query === '' ? head.path : head.path + head.query
    this.path = this.target
    this.userAgent = head.valueOf(fieldId.userAgent) ?? ''
    this.bytesIn = head.byteLength
    this.clientAddress = findClientAddress(head, front.peerAddress, thread.global.trustedProxies)
  }

  /** From its beginning; only for an exchange that has no deadline yet. */
  expireIn(ms: number): void {
    this.deadlineUs = this.openedUs + ms * 1_000
    this.thread.sweeper.add(this)
  }

  /** RFC 9110 section 15.6.5. */
  onDeadline(): void {
    if (this.isRequestDone && !this.isAnswerStarted) observeFailure(this, 'no answer')
    cutOffExchange(this, rejections.exchangeTimeout)
  }

  startWaiting(): boolean {
    try {
      return resumeAttempt(this)
    } catch (error) {
      failExchange(this, error)
      return true
    }
  }

  /** It has waited for its next attempt. */
  onBackoff(otherwise: Rejection): void {
    this.#guard(() => tryNext(this, otherwise))
  }

  /** A limit that queues, or the bandwidth that it shares, has room for it. */
  onTurn(): void {
    this.timer = undefined
    this.#guard(() => {
      startAttempt(this)
      readOn(this)
    })
  }

  /** The endpoint takes longer to answer than usual. */
  onLate(): void {
    this.#guard(() => startHedge(this))
  }

  onQueueTimeout(): void {
    cutOffExchange(this, rejections.queueTimeout)
  }

  /** A part of the request's body; the bytes must stay as they are until they are sent. */
  onBody(buffer: Buffer, start: number, end: number): void {
    this.bytesIn += end - start
    if (this.bytesIn > this.maxBytesIn) return this.#refuseBody()
    this.shape?.countIn(end - start)
    this.keptBody?.add(buffer, start, end)
    this.mirror?.add(buffer, start, end)
    this.stream?.sendBody(buffer, start, end)
  }

  onBodyEnd(): void {
    this.isRequestDone = true
    this.stream?.endBody()
    this.mirror?.complete()
  }

  /** What was sent since the last flush leaves in one write; false when the endpoint takes no more for now. */
  flushRequest(): boolean {
    if (!this.stream || !this.wantsBody) return true
    this.stream.flush()
    if (this.shape?.passUp() === false) return false
    return this.stream.isWritable
  }

  onClientWritable(): void {
    if (!this.isAnswerPaused) return
    this.isAnswerPaused = false
    if (this.shape?.isDownHeld !== true) this.stream?.resumeAnswer()
  }

  /** Its bandwidth has room for more of the answer. */
  onDownTurn(): void {
    this.#guard(() => {
      if (!this.isAnswerPaused) this.stream?.resumeAnswer()
    })
  }

  /** Its bandwidth has room for more of the request. */
  onUpTurn(): void {
    this.#guard(() => this.front.resumeBody())
  }

  onReady(): void {
    sendRequest(this)
    this.front.resumeBody()
  }

  onWritable(): void {
    if (this.shape?.isUpHeld !== true) this.front.resumeBody()
  }

  onInterimHead(head: ResponseHead): void {
    this.front.writeInterim(this, head)
  }

  onUpgrade(head: ResponseHead, socket: ByteSocket): TunnelEvents {
    return relayUpgrade(this, head, socket)
  }

  onAnswerHead(head: ResponseHead): void {
    relayHead(this, head)
  }

  onAnswerData(buffer: Buffer, start: number, end: number): void {
    this.shape?.countOut(end - start)
    this.front.writeAnswer(this, buffer, start, end)
  }

  onAnswerPause(): void {
    pauseRelay(this)
    if (this.shape?.passDown() === false) this.stream?.pauseAnswer()
  }

  onAnswerEnd(): void {
    endRelay(this)
  }

  onFault(fault: Fault): void {
    handleFault(this, fault)
  }

  onDefect(error: unknown): void {
    failExchange(this, error)
  }

  #refuseBody(): void {
    this.violated = this.bodyRule
    cutOffExchange(this, rejections.bodyTooLarge)
  }

  /** Nobody else hears of a defect in what a timer starts. */
  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      failExchange(this, error)
    }
  }
}
