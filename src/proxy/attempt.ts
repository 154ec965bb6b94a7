import { addFailedAttempt } from '../slab/failed-attempts.ts'
import { attemptResult } from './breakers.ts'
import { serverSlot } from '../slab/slots.ts'
import { closeExchange } from './close.ts'
import type { Exchange } from './exchange.ts'
import { renderForwarding } from './forwarded.ts'
import { awaitAnswer } from './late-after.ts'
import { hasBody, isKeepable, KeptBody } from './kept-body.ts'
import type { BoundedPool } from './pool-queues.ts'
import { noEndpoint, noPlace, takePlace, takeUntried } from './places.ts'
import { rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import { isRepeatableMethod } from './retry.ts'
import { ruleOf } from './rule-of.ts'
import { enterServer, takeServerPlace } from './server-places.ts'

/** Sends the request to an endpoint of the route's pool, now or when there is a place for it, in the server and in the pool. */
export function startAttempt(exchange: Exchange): void {
  exchange.route!.pool.retryBudget.earn()
  if (hasBody(exchange.head)) keepBody(exchange)
  const queue = takeServerPlace(exchange)
  if (queue === undefined) startInPool(exchange)
  else wait(exchange, queue, rejections.serverFull)
}

/** The exchange has waited for a place; false when there is still none. */
export function resumeAttempt(exchange: Exchange): boolean {
  const { queues } = exchange.thread
  const queue = exchange.waitsIn!
  if (queue.slot === serverSlot) {
    if (!enterServer(exchange)) return false
    queues.leave(exchange, queue)
    startInPool(exchange)
  } else {
    const index = takePlace(exchange)
    if (index === noPlace) return false
    queues.leave(exchange, queue)
    if (index === noEndpoint) refuseExchange(exchange, rejections.noEndpoint)
    else openAttempt(exchange, index)
  }
  readOn(exchange)
  return true
}

function startInPool(exchange: Exchange): void {
  const { pool } = exchange.route!
  const mustWait = pool.isBounded && exchange.thread.queues.hasWaiting(pool.slot)
  const index = mustWait ? noPlace : takePlace(exchange)
  if (index >= 0) openAttempt(exchange, index)
  else if (index === noEndpoint) refuseExchange(exchange, rejections.noEndpoint)
  else wait(exchange, pool, rejections.poolFull)
}

function wait(exchange: Exchange, queue: BoundedPool, otherwise: Rejection): void {
  exchange.waitsIn = queue
  if (!exchange.thread.queues.join(exchange, queue)) refuseExchange(exchange, otherwise)
}

/** Sends the request to an endpoint that has not failed it yet; false when there is none. */
export function startNextAttempt(exchange: Exchange): boolean {
  const index = takeUntried(exchange)
  if (index === noEndpoint) return false
  openAttempt(exchange, index)
  readOn(exchange)
  return true
}

/** Once more to the same endpoint, over a connection that has served nobody yet. */
export function repeatAttempt(exchange: Exchange, code: string): void {
  addFailedAttempt(exchange, code)
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
  const kept = exchange.keptBody?.bytes
  if (kept !== undefined && kept.length > 0) stream.sendBody(kept, 0, kept.length)
  if (exchange.isRequestDone) stream.endBody()
  if (exchange.isRequestDone || kept !== undefined) stream.flush()
  exchange.wantsBody = true
  const lateMs = exchange.route!.lateAfter?.ms
  if (lateMs !== undefined) awaitAnswer(exchange, lateMs)
}

/** Answers in mtlb's own name and closes the exchange. */
export function refuseExchange(exchange: Exchange, rejection: Rejection): void {
  exchange.status = rejection.status
  exchange.code = rejection.code
  exchange.rule = ruleOf(exchange, rejection)
  exchange.isRejected = !rejection.isFault
  exchange.isAnswerStarted = true
  exchange.front.refuse(exchange, rejection)
  closeExchange(exchange)
}

/** Where it may have to be sent again, though something of it was. */
function keepBody(exchange: Exchange): void {
  const { head, method, route, thread } = exchange
  if (isKeepable(head) && isRepeatableMethod(method, route!.retry)) exchange.keptBody = new KeptBody(thread.keptBytes)
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
export function readOn(exchange: Exchange): void {
  if (exchange.wantsBody && !exchange.isRequestDone) exchange.front.resumeBody()
}
