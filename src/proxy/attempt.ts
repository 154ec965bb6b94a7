import { enter, leave } from '../slab/gauges.ts'
import { closeExchange } from './close.ts'
import type { Exchange } from './exchange.ts'
import { renderForwarding } from './forwarded.ts'
import { rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import type { PoolRuntime } from './pool-runtime.ts'

/** Picks an endpoint of the route's pool and asks for a connection; `otherwise` is the answer when none is left to try. */
export function startAttempt(exchange: Exchange, otherwise: Rejection = rejections.noEndpoint): void {
  const pool = exchange.route!.pool
  pool.usable.refresh()
  pool.slowStart?.refresh(pool.candidates)
  const index = exchange.tried === undefined ? pickFirst(exchange, pool) : pickUntried(exchange, exchange.tried)
  if (index < 0) return refuseExchange(exchange, otherwise)
  if (exchange.attempts === 0) pool.retryBudget.earn()
  exchange.attempts += 1
  exchange.endpoint = pool.endpoints[index]
  exchange.endpointId = exchange.endpoint.snapshot.id
  enter(exchange.thread.slab, exchange.thread.thread, exchange.endpoint.slot)
  const { endpoint } = exchange.endpoint
  // A WebSocket's connection has served nobody and will serve nobody else.
  exchange.stream = exchange.handshake === undefined ? endpoint.open(exchange) : endpoint.openFresh(exchange)
  if (exchange.stream.isReady) sendRequest(exchange)
}

/** Whether anybody is left whom this request has not been sent to. */
export function hasUntried(exchange: Exchange): boolean {
  const { endpoints, usable } = exchange.route!.pool
  return endpoints.some(
    (candidate, index) =>
      candidate !== exchange.endpoint && usable.mayUseAtLast(index) && exchange.tried?.includes(index) !== true,
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

/** The endpoint of the attempt that failed is not counted on any more. */
export function leaveEndpoint(exchange: Exchange): void {
  if (exchange.endpoint === undefined) return
  leave(exchange.thread.slab, exchange.thread.thread, exchange.endpoint.slot)
  exchange.endpoint = undefined
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

/** Who is hindered or disabled gets nobody, not even those that are pinned to it. */
function pickFirst({ pinned, hash }: Exchange, { usable, balancer }: PoolRuntime): number {
  return pinned !== -1 && usable.mayKeep(pinned) ? pinned : balancer.pick(usable.mayUse, hash)
}

/** When all that should serve have failed this request, backups and other zones do not wait until that is known of them. */
function pickUntried({ route, hash }: Exchange, tried: readonly number[]): number {
  const { usable, balancer } = route!.pool
  const index = balancer.pick((candidate) => usable.mayUse(candidate) && !tried.includes(candidate), hash)
  if (index !== -1) return index
  return balancer.pick((candidate) => usable.mayUseAtLast(candidate) && !tried.includes(candidate), hash)
}
