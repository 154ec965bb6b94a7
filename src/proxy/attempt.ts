import { attemptResult } from './breakers.ts'
import { closeExchange } from './close.ts'
import type { Exchange } from './exchange.ts'
import { renderForwarding } from './forwarded.ts'
import { noEndpoint, noPlace, takePlace, takeUntried } from './places.ts'
import { rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'

/** Sends the request to an endpoint of the route's pool, now or when there is a place for it. */
export function startAttempt(exchange: Exchange): void {
  const { pool } = exchange.route!
  pool.retryBudget.earn()
  const mustWait = pool.isBounded && exchange.thread.queues.hasWaiting(pool.slot)
  const index = mustWait ? noPlace : takePlace(exchange)
  if (index >= 0) return openAttempt(exchange, index)
  if (index === noEndpoint) return refuseExchange(exchange, rejections.noEndpoint)
  if (!exchange.thread.queues.join(exchange, pool)) refuseExchange(exchange, rejections.poolFull)
}

/** The exchange has waited for a place; false when there is still none. */
export function resumeAttempt(exchange: Exchange): boolean {
  const index = takePlace(exchange)
  if (index === noPlace) return false
  exchange.thread.queues.leave(exchange, exchange.route!.pool.slot)
  if (index === noEndpoint) refuseExchange(exchange, rejections.noEndpoint)
  else openAttempt(exchange, index)
  readOn(exchange)
  return true
}

/** To whom this request has not been sent yet; `otherwise` is the answer when none is left to try. */
export function startNextAttempt(exchange: Exchange, tried: number[], otherwise: Rejection): void {
  exchange.tried = tried
  const index = takeUntried(exchange, tried)
  if (index === noEndpoint) return refuseExchange(exchange, otherwise)
  openAttempt(exchange, index)
  readOn(exchange)
}

/** Whether anybody is left whom this request has not been sent to. */
export function hasUntried(exchange: Exchange): boolean {
  const { endpoints, usable, hasRoom } = exchange.route!.pool
  return endpoints.some(
    (candidate, index) =>
      candidate !== exchange.endpoint &&
      usable.mayUseAtLast(index) &&
      exchange.tried?.includes(index) !== true &&
      hasRoom(index),
  )
}

/** Once more to the same endpoint, over a connection that has served nobody yet. */
export function repeatAttempt(exchange: Exchange): void {
  exchange.attempts += 1
  exchange.stream = exchange.endpoint!.endpoint.openFresh(exchange)
}

/** The endpoint hears no more of this request; its connection serves nobody again. */
export function dropStream(exchange: Exchange): void {
  exchange.stream?.destroy()
  exchange.stream = undefined
}

/** The connection stands: the head goes out, the body follows as it comes. */
export function sendRequest(exchange: Exchange): void {
  const stream = exchange.stream!
  exchange.sentUs = exchange.thread.clock.monotonicUs()
  if (exchange.waitingUs === 0) exchange.waitingUs = exchange.sentUs - exchange.openedUs
  if (exchange.forwardedFields === '') exchange.forwardedFields = renderForwarding(exchange)
  stream.sendHead(exchange)
  if (exchange.isRequestDone) {
    stream.endBody()
    stream.flush()
  }
  exchange.wantsBody = true
}

/** Answers in mtlb's own name and closes the exchange. */
export function refuseExchange(exchange: Exchange, rejection: Rejection): void {
  exchange.status = rejection.status
  exchange.code = rejection.code
  exchange.isRejected = !rejection.isFault
  exchange.isAnswerStarted = true
  exchange.front.refuse(exchange, rejection)
  closeExchange(exchange)
}

function openAttempt(exchange: Exchange, index: number): void {
  exchange.attempts += 1
  exchange.result = attemptResult.unknown
  exchange.endpointUs = -1
  exchange.endpoint = exchange.route!.pool.endpoints[index]
  exchange.endpointId = exchange.endpoint.snapshot.id
  const { endpoint } = exchange.endpoint
  // A WebSocket's connection has served nobody and will serve nobody else.
  exchange.stream = exchange.handshake === undefined ? endpoint.open(exchange) : endpoint.openFresh(exchange)
  if (exchange.stream.isReady) sendRequest(exchange)
}

/** What has come of the body meanwhile is wanted now, if the connection stands. */
function readOn(exchange: Exchange): void {
  if (exchange.wantsBody && !exchange.isRequestDone) exchange.front.resumeBody()
}
