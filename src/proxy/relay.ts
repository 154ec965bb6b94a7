import { countFault } from '../slab/stats.ts'
import type { Fault } from '../upstream/fault.ts'
import type { TunnelEvents } from '../upstream/transport.ts'
import type { ByteSocket } from '../wire/byte-socket.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import { dropStream, repeatAttempt } from './attempt.ts'
import { settleExchange } from './breakers.ts'
import { closeExchange } from './close.ts'
import { cutOffExchange } from './cut-off.ts'
import type { Exchange } from './exchange.ts'
import { failOver, settleHedge } from './hedge.ts'
import { observeAnswer, observeEnd, observeFailure } from './observe-endpoint.ts'
import { factsOf, mayAfford, mayLeaveAnswer, tryAnother } from './next-attempt.ts'
import { findRejection, rejections } from './rejections.ts'
import { pinClient } from './pin-client.ts'
import { judgeRetry } from './retry.ts'

/**
 * The endpoint's final answer begins; unless its status is one to try again by, there is no retry from here on. The rest of the
 * request goes on: it may be read still.
 */
export function relayHead(exchange: Exchange, head: ResponseHead): void {
  exchange.endpointUs = exchange.thread.clock.monotonicUs() - exchange.sentUs
  exchange.status = head.status
  observeAnswer(exchange, head)
  if (head.status >= 500 && (exchange.hedge !== undefined || mayLeaveAnswer(exchange, head.status))) {
    return leaveAnswer(exchange)
  }
  exchange.isAnswerStarted = true
  const { lateAfter } = exchange.route!
  if (lateAfter !== undefined) settleHedge(exchange, lateAfter)
  exchange.keptBody?.drop()
  pinClient(exchange)
  exchange.front.startAnswer(exchange, head)
}

/** The endpoint's 101, which fits what was asked for: both ends become a tunnel. */
export function relayUpgrade(exchange: Exchange, head: ResponseHead, endpoint: ByteSocket): TunnelEvents {
  exchange.endpointUs = exchange.thread.clock.monotonicUs() - exchange.sentUs
  exchange.status = head.status
  exchange.isAnswerStarted = true
  pinClient(exchange)
  observeEnd(exchange)
  if (exchange.route!.isJudged) settleExchange(exchange)
  // The route's time was for the answer; a tunnel has times of its own.
  exchange.deadlineUs = 0
  exchange.thread.sweeper.delete(exchange)
  return exchange.front.startTunnel(exchange, head, endpoint)
}

/** One read is through: what was gathered goes to the client, and the endpoint waits while the client does not take it. */
export function pauseRelay(exchange: Exchange): void {
  if (exchange.front.flushAnswer(exchange)) return
  exchange.isAnswerPaused = true
  exchange.stream?.pauseAnswer()
}

/** The answer is complete; only a connection on which the request was complete too is used again. */
export function endRelay(exchange: Exchange): void {
  observeEnd(exchange)
  exchange.front.endAnswer(exchange)
  const { stream } = exchange
  exchange.stream = undefined
  if (exchange.isRequestDone) stream?.release()
  else stream?.destroy()
  closeExchange(exchange)
}

/** The endpoint failed: another attempt, an answer that says so, or, when an answer had begun, its visible end. */
export function handleFault(exchange: Exchange, fault: Fault): void {
  if (exchange.endpoint !== undefined) countFault(exchange.thread.slab, exchange.endpoint.statsAt)
  exchange.stream = undefined
  exchange.wantsBody = false
  clearTimeout(exchange.timer)
  const verdict = judgeRetry(fault, factsOf(exchange), exchange.route!.retry)
  if (verdict !== 'same_endpoint') observeFailure(exchange, fault.detail)
  if (failOver(exchange, fault.code)) return
  if (verdict === 'same_endpoint') return repeatAttempt(exchange, fault.code)
  const otherwise = findRejection(fault.code)
  if (verdict === 'other_endpoint' && mayAfford(exchange)) return tryAnother(exchange, { code: fault.code, otherwise })
  cutOffExchange(exchange, otherwise)
}

/** RFC 9112 section 8: the client went away or its message broke off, and the endpoint must never take what it got for the whole. */
export function abandonExchange(exchange: Exchange, fault: Fault): void {
  exchange.code = fault.code
  dropStream(exchange)
  closeExchange(exchange)
}

/** The client hears nothing of this answer. */
function leaveAnswer(exchange: Exchange): void {
  const code = String(exchange.status)
  dropStream(exchange)
  exchange.status = 0
  exchange.wantsBody = false
  clearTimeout(exchange.timer)
  if (!failOver(exchange, code)) tryAnother(exchange, { code, otherwise: rejections.noEndpoint })
}
