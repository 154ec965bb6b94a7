import { enter, leave } from '../slab/gauges.ts'
import { enterBelow } from '../slab/places.ts'
import { countExchange } from '../slab/stats.ts'
import { placeLimit } from '../slab/turnarounds.ts'
import type { AnswerSink, EndpointStream, ForwardRequest, TunnelEvents } from '../upstream/transport.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import type { Exchange } from './exchange.ts'
import { renderForwarding } from './forwarded.ts'
import { hasBody, isKeepable, KeptBody } from './kept-body.ts'
import type { EndpointRuntime, PoolRuntime } from './pool-runtime.ts'
import { unpinRuntime } from './tenant-runtime.ts'

/** Where copies of a route's requests go, and how many of them. */
export interface MirrorRoute {
  readonly pool: PoolRuntime
  /** From 0 to 1. */
  readonly share: number
  next: number
}

/** Copies under way in one data thread: beyond, none are made, so that a pool that hangs costs no more than these. */
const mostOfThread = 256

/** See split.ts. */
const goldenRatio = 0.618_033_988_749_894_9

/** The request is admitted: if it is drawn, its copy goes out as soon as it is whole. A WebSocket has none. */
export function startMirror(exchange: Exchange, mirror: MirrorRoute): void {
  mirror.next = (mirror.next + goldenRatio) % 1
  const { head, handshake, thread } = exchange
  if (mirror.next >= mirror.share || handshake !== undefined || thread.mirrors.count >= mostOfThread) return
  if (hasBody(head) && !isKeepable(head)) return
  exchange.mirror = new Mirror(exchange, mirror.pool)
  if (exchange.isRequestDone) exchange.mirror.complete()
}

/** A copy of a request, whose answer nobody hears. It is counted at its endpoint alone, and neither waits nor is sent again. */
export class Mirror implements ForwardRequest, AnswerSink {
  readonly head: ForwardRequest['head']
  readonly handshake = undefined
  target = ''
  forwardedFields = ''
  requestId = ''
  tenantName = ''
  withheldFields = 0
  cookieLine = ''
  timeoutMs = 0
  idleTimeoutMs = 0

  // What is counted.
  status = 0
  readonly isRejected = false
  bytesIn = 0
  bytesOut = 0
  durationUs = 0
  endpointTimeUs = 0

  readonly #exchange: Exchange
  readonly #pool: PoolRuntime
  #body: KeptBody | undefined
  #endpoint: EndpointRuntime | undefined = undefined
  #stream: EndpointStream | undefined = undefined
  #startedUs = 0
  #isOver = false

  constructor(exchange: Exchange, pool: PoolRuntime) {
    this.head = exchange.head
    this.#exchange = exchange
    this.#pool = pool
    this.#body = hasBody(exchange.head) ? new KeptBody(exchange.thread.keptBytes) : undefined
  }

  add(buffer: Buffer, start: number, end: number): void {
    this.#body?.add(buffer, start, end)
  }

  /** The request is here as a whole. The copy goes out behind it, later in this turn. */
  complete(): void {
    this.#exchange.mirror = undefined
    if (this.#body?.isComplete === false) return
    const { thread, tenant } = this.#exchange
    thread.mirrors.count += 1
    tenant!.pins += 1
    setImmediate(() => this.#guard(() => this.#open()))
  }

  /** The request has ended before it was whole. */
  drop(): void {
    this.#exchange.mirror = undefined
    this.#body?.drop()
  }

  onReady(): void {
    const stream = this.#stream!
    stream.sendHead(this)
    const bytes = this.#body?.bytes
    if (bytes !== undefined && bytes.length > 0) stream.sendBody(bytes, 0, bytes.length)
    this.bytesIn = this.head.byteLength + (bytes?.length ?? 0)
    stream.endBody()
    stream.flush()
  }

  onAnswerHead({ status }: ResponseHead): void {
    this.status = status
  }

  onAnswerData(_: Buffer, start: number, end: number): void {
    this.bytesOut += end - start
  }

  onAnswerEnd(): void {
    this.#stream?.release()
    this.#close()
  }

  onFault(): void {
    this.#close()
  }

  onDefect(error: unknown): void {
    const { thread, tenantName } = this.#exchange
    thread.log.error({ code: 'internal_error', tenant: tenantName, err: error }, 'a mirrored request has failed')
    this.#stream?.destroy()
    this.#close()
    this.#end()
  }

  onUpgrade(): TunnelEvents {
    throw new Error('a mirrored request asks for no upgrade')
  }

  onInterimHead(): void {}
  onAnswerPause(): void {}
  onWritable(): void {}

  #open(): void {
    const exchange = this.#exchange
    const { slab, thread, clock } = exchange.thread
    const pool = this.#pool
    const most = placeLimit(slab, pool.slot, pool.maxInFlight)
    pool.usable.refresh()
    pool.slowStart?.refresh(pool.candidates)
    const index = pool.balancer.pick(pool.mayTake, exchange.hash)
    if (index === -1 || !enterBelow(slab, thread, pool.slot, most)) return this.#end()
    this.#endpoint = pool.endpoints[index]
    enter(slab, thread, this.#endpoint.slot)
    this.#startedUs = clock.monotonicUs()
    this.#take(exchange)
    this.#stream = this.#endpoint.endpoint.open(this)
    if (this.#stream.isReady) this.onReady()
  }

  /** What the endpoint of the request is sent. */
  #take(exchange: Exchange): void {
    this.target = exchange.target
    this.forwardedFields = exchange.forwardedFields === '' ? renderForwarding(exchange) : exchange.forwardedFields
    this.requestId = exchange.requestId
    this.tenantName = exchange.tenantName
    this.withheldFields = exchange.withheldFields
    this.cookieLine = exchange.cookieLine
    this.timeoutMs = exchange.timeoutMs
    this.idleTimeoutMs = exchange.idleTimeoutMs
  }

  #close(): void {
    const endpoint = this.#endpoint
    if (endpoint === undefined) return
    const { slab, thread, clock, queues } = this.#exchange.thread
    this.#stream = this.#endpoint = undefined
    // Whole microseconds, as the ledger takes them.
    this.durationUs = this.endpointTimeUs = Math.round(clock.monotonicUs() - this.#startedUs)
    leave(slab, thread, endpoint.slot)
    leave(slab, thread, this.#pool.slot)
    if (this.#pool.isBounded) queues.placeFreed(this.#pool)
    countExchange(slab, endpoint.statsAt, this)
    this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { thread, tenant } = this.#exchange
    this.#body?.drop()
    thread.mirrors.count -= 1
    unpinRuntime(thread, tenant!)
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.onDefect(error)
    }
  }
}
