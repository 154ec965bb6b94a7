import type { MayUse } from '../balance/algorithm.ts'
import { enter, leave } from '../slab/gauges.ts'
import { closeExchange } from './close.ts'
import type { Exchange } from './exchange.ts'
import { renderForwarding } from './forwarded.ts'
import { rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import type { UsableEndpoints } from './usable-endpoints.ts'

/** Picks an endpoint of the route's pool and asks for a connection; `otherwise` is the answer when none is left to try. */
export function startAttempt(exchange: Exchange, otherwise: Rejection = rejections.noEndpoint): void {
  const pool = exchange.route!.pool
  pool.usable.refresh()
  const mayUse = exchange.tried === undefined ? pool.usable.mayUse : mayUseUntried(pool.usable, exchange.tried)
  const index = isPinUsable(exchange, mayUse) ? exchange.pinned : pool.balancer.pick(mayUse, exchange.hash)
  if (index < 0) return refuseExchange(exchange, otherwise)
  exchange.attempts += 1
  exchange.endpoint = pool.endpoints[index]
  exchange.endpointId = exchange.endpoint.snapshot.id
  enter(exchange.thread.slab, exchange.thread.thread, exchange.endpoint.slot)
  const { endpoint } = exchange.endpoint
  // A WebSocket's connection has served nobody and will serve nobody else.
  exchange.stream = exchange.handshake === undefined ? endpoint.open(exchange) : endpoint.openFresh(exchange)
  if (exchange.stream.isReady) sendRequest(exchange)
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

/** Who drains or is hindered gets nobody, not even those that are pinned to it. */
function isPinUsable({ pinned, route }: Exchange, mayUse: MayUse): boolean {
  return pinned !== -1 && route!.pool.candidates.weights[pinned] > 0 && mayUse(pinned)
}

function mayUseUntried(usable: UsableEndpoints, tried: readonly number[]): MayUse {
  return (index) => usable.mayUse(index) && !tried.includes(index)
}
