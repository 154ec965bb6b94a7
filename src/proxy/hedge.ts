import { countFault } from '../slab/stats.ts'
import type { Fault } from '../upstream/fault.ts'
import type { AnswerSink, EndpointStream, TunnelEvents } from '../upstream/transport.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import { dropStream } from './attempt.ts'
import { attemptResult, probeOf } from './breakers.ts'
import type { AttemptResult } from './breakers.ts'
import type { Exchange } from './exchange.ts'
import type { LateAfter } from './late-after.ts'
import { mayAfford } from './next-attempt.ts'
import { observeAnswer, observeFailure, observeOutrun } from './observe-endpoint.ts'
import { leaveEndpoint, noEndpoint, takeUntried } from './places.ts'
import type { EndpointRuntime } from './pool-runtime.ts'

/** The request's answer is late: a second endpoint is asked as well ("The Tail at Scale", Dean and Barroso, 2013). */
export function startHedge(exchange: Exchange): void {
  exchange.timer = undefined
  if (!mayAfford(exchange)) return
  const { endpoints } = exchange.route!.pool
  const first = endpoints.indexOf(exchange.endpoint!)
  exchange.tried = [first]
  const second = takeUntried(exchange)
  if (second === noEndpoint) return
  exchange.tried = [first, second]
  exchange.attempts += 1
  exchange.hedge = new Hedge(exchange, endpoints[second])
  exchange.hedge.open()
}

/** The answer that counts begins: an attempt besides is not waited for any longer. */
export function settleHedge(exchange: Exchange, lateAfter: LateAfter): void {
  const { thread, openedUs, waitingUs, status } = exchange
  if (status < 500) lateAfter.observe(thread.clock.monotonicUs() - openedUs - waitingUs)
  clearTimeout(exchange.timer)
  exchange.timer = undefined
  exchange.hedge?.drop('outrun')
}

/** The attempt that counted has ended; true when the one beside it counts from now on. */
export function failOver(exchange: Exchange, code: string): boolean {
  if (exchange.hedge === undefined) return false
  leaveEndpoint(exchange, code)
  exchange.hedge.takeOver()
  return true
}

/**
 * A second attempt beside the one that counts, at another endpoint. The first of both whose answer begins, with a status below 500,
 * or who is left when the other has failed, is the one that counts: from then on the hedge merely hands on what it is told.
 */
export class Hedge implements AnswerSink {
  readonly #exchange: Exchange
  #hasTakenOver = false
  // As the exchange has them for the attempt that counts.
  #endpoint: EndpointRuntime | undefined
  #stream: EndpointStream | undefined = undefined
  #sentUs = 0
  #endpointUs = -1
  #probe = 0
  #result: AttemptResult = attemptResult.unknown

  constructor(exchange: Exchange, endpoint: EndpointRuntime) {
    this.#exchange = exchange
    this.#endpoint = endpoint
  }

  open(): void {
    this.#stream = this.#endpoint!.endpoint.open(this)
    if (this.#stream.isReady) this.#send()
  }

  /** It counts no more, or never will. */
  drop(code: string): void {
    const exchange = this.#exchange
    this.#stream?.destroy()
    this.#stream = undefined
    exchange.hedge = undefined
    this.#swap()
    leaveEndpoint(exchange, code)
    this.#swap()
  }

  /** The attempt that counted is gone. */
  takeOver(): void {
    this.#hasTakenOver = true
    this.#exchange.hedge = undefined
    this.#swap()
    this.#exchange.wantsBody = true
  }

  onReady(): void {
    if (this.#hasTakenOver) return this.#exchange.onReady()
    this.#send()
  }

  onAnswerHead(head: ResponseHead): void {
    if (!this.#hasTakenOver) {
      if (head.status >= 500) return this.#lose(head)
      this.#win()
    }
    this.#exchange.onAnswerHead(head)
  }

  onFault(fault: Fault): void {
    if (this.#hasTakenOver) return this.#exchange.onFault(fault)
    countFault(this.#exchange.thread.slab, this.#endpoint!.statsAt)
    this.#stream = undefined
    this.#swap()
    observeFailure(this.#exchange, fault.detail)
    this.#swap()
    this.drop(fault.code)
  }

  onInterimHead(head: ResponseHead): void {
    if (this.#hasTakenOver) this.#exchange.onInterimHead(head)
  }

  onUpgrade(head: ResponseHead, socket: ByteSocket): TunnelEvents {
    return this.#exchange.onUpgrade(head, socket)
  }

  onAnswerData(buffer: Buffer, start: number, end: number): void {
    if (this.#hasTakenOver) this.#exchange.onAnswerData(buffer, start, end)
  }

  onAnswerPause(): void {
    if (this.#hasTakenOver) this.#exchange.onAnswerPause()
  }

  onAnswerEnd(): void {
    if (this.#hasTakenOver) this.#exchange.onAnswerEnd()
  }

  onWritable(): void {
    if (this.#hasTakenOver) this.#exchange.onWritable()
  }

  onDefect(error: unknown): void {
    this.#exchange.onDefect(error)
  }

  #send(): void {
    const stream = this.#stream!
    this.#sentUs = this.#exchange.thread.clock.monotonicUs()
    stream.sendHead(this.#exchange)
    stream.endBody()
    stream.flush()
  }

  #win(): void {
    const exchange = this.#exchange
    observeOutrun(exchange)
    dropStream(exchange)
    failOver(exchange, 'outrun')
  }

  #lose(head: ResponseHead): void {
    const exchange = this.#exchange
    this.#swap()
    exchange.endpointUs = exchange.thread.clock.monotonicUs() - exchange.sentUs
    observeAnswer(exchange, head)
    this.#swap()
    this.drop(String(head.status))
  }

  /** Exchanges its attempt with the one that counts. */
  #swap(): void {
    const exchange = this.#exchange
    const { endpoint, stream, sentUs, endpointUs, result } = exchange
    const probe = exchange.probes & probeOf.endpoint
    exchange.endpoint = this.#endpoint
    exchange.endpointId = this.#endpoint!.snapshot.id
    exchange.stream = this.#stream
    exchange.sentUs = this.#sentUs
    exchange.endpointUs = this.#endpointUs
    exchange.result = this.#result
    exchange.probes = (exchange.probes & ~probeOf.endpoint) | this.#probe
    this.#endpoint = endpoint
    this.#stream = stream
    this.#sentUs = sentUs
    this.#endpointUs = endpointUs
    this.#result = result
    this.#probe = probe
  }
}
