import type { MayUse } from '../balance/algorithm.ts'
import { addFailedAttempt } from '../slab/failed-attempts.ts'
import { leave } from '../slab/gauges.ts'
import { enterBelow } from '../slab/places.ts'
import { placeLimit } from '../slab/turnarounds.ts'
import { becomeProbe, giveUpProbe, settleAttempt } from './breakers.ts'
import type { Exchange } from './exchange.ts'
import type { PoolRuntime } from './pool-runtime.ts'
import { beginShare, endShare } from './share.ts'

/** Instead of the index of an endpoint: nobody may be used; or somebody may, and has or may have no more requests under way. */
export const noEndpoint = -1
export const noPlace = -2

/** Takes a place in the route's pool and one at an endpoint of it, whose index is returned; or neither. */
export function takePlace(exchange: Exchange): number {
  const { slab, thread } = exchange.thread
  const { pool } = exchange.route!
  pool.usable.refresh()
  pool.slowStart?.refresh(pool.candidates)
  const most = pool.isAdaptive ? placeLimit(slab, pool.slot, pool.maxInFlight) : pool.maxInFlight
  if (!enterBelow(slab, thread, pool.slot, most)) return noPlace
  const index = takeFirst(exchange, pool)
  if (index < 0) leave(slab, thread, pool.slot)
  else {
    exchange.holdsPlace = true
    if (pool.flow !== undefined) exchange.share = beginShare(exchange.thread, pool.flow)
  }
  return index
}

/**
 * A place at an endpoint that has not failed this request yet. When all that should serve have, backups and other zones do not
 * wait until that is known of them.
 */
export function takeUntried(exchange: Exchange): number {
  const { pool } = exchange.route!
  const tried = exchange.tried ?? []
  const { usable, hasRoom } = pool
  usable.refresh()
  const index = takeEndpoint(exchange, (at) => usable.mayUse(at) && !tried.includes(at) && hasRoom(at))
  if (index !== noEndpoint) return index
  return takeEndpoint(exchange, (at) => usable.mayUseAtLast(at) && !tried.includes(at) && hasRoom(at))
}

/** Whether anybody is left, besides the endpoint of the attempt under way, whom this request has not been sent to. */
export function hasUntried({ route, endpoint, tried }: Exchange): boolean {
  const { endpoints, usable, hasRoom } = route!.pool
  return endpoints.some(
    (candidate, index) =>
      candidate !== endpoint && usable.mayUseAtLast(index) && tried?.includes(index) !== true && hasRoom(index),
  )
}

/** The attempt under way has failed, and another one follows: its endpoint is not counted on any more. */
export function leaveEndpoint(exchange: Exchange, code: string): void {
  const { thread, endpoint, route } = exchange
  if (endpoint === undefined) return
  addFailedAttempt(exchange, code)
  settleAttempt(exchange)
  leave(thread.slab, thread.thread, endpoint.slot)
  exchange.endpoint = undefined
  if (route!.pool.isBounded) thread.queues.placeFreed(route!.pool)
}

/** The exchange has ended. Its endpoint stays known: it is counted for. */
export function leavePlace(exchange: Exchange): void {
  const { thread, endpoint, holdsPlace, share } = exchange
  const { pool } = exchange.route!
  if (endpoint !== undefined) leave(thread.slab, thread.thread, endpoint.slot)
  if (!holdsPlace) return
  leave(thread.slab, thread.thread, pool.slot)
  if (share !== undefined) endShare(thread, share)
  if (pool.isBounded) thread.queues.placeFreed(pool)
}

/** Who is hindered or disabled gets nobody, not even those that are pinned to it. */
function takeFirst(exchange: Exchange, pool: PoolRuntime): number {
  const { pinned, hash } = exchange
  if (pinned !== -1 && pool.usable.mayKeep(pinned)) {
    if (enterEndpoint(exchange, pinned)) return pinned
    exchange.isPinFull = true
  }
  if (pool.usable.probes.length > 0) {
    const probed = takeProbed(exchange, pool)
    if (probed !== noEndpoint) return probed
  }
  const index = takeEndpoint(exchange, pool.mayTake)
  if (index !== noEndpoint || !pool.isBounded) return index
  return pool.balancer.pick(pool.usable.mayUse, hash) === -1 ? noEndpoint : noPlace
}

/** An endpoint whose circuit breaker wants to know whether it is well again. */
function takeProbed(exchange: Exchange, { usable, endpoints }: PoolRuntime): number {
  for (const index of usable.probes) {
    const { judged } = endpoints[index]
    if (judged === undefined || !becomeProbe(exchange, judged)) continue
    if (enterEndpoint(exchange, index)) return index
    giveUpProbe(exchange, judged)
  }
  return noEndpoint
}

/** Of those that may take it; who is found and then has no room left, because another thread was faster, is not found again. */
function takeEndpoint(exchange: Exchange, mayTake: MayUse): number {
  const { balancer } = exchange.route!.pool
  for (;;) {
    const index = balancer.pick(mayTake, exchange.hash)
    if (index === -1 || enterEndpoint(exchange, index)) return index
  }
}

function enterEndpoint({ thread, route }: Exchange, index: number): boolean {
  const { slot, snapshot } = route!.pool.endpoints[index]
  return enterBelow(thread.slab, thread.thread, slot, snapshot.maxConnections)
}
