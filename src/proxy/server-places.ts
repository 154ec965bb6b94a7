import { leave } from '../slab/gauges.ts'
import { enterBelow } from '../slab/places.ts'
import { serverSlot } from '../slab/slots.ts'
import type { Exchange } from './exchange.ts'
import type { BoundedPool } from './pool-queues.ts'
import { beginShare, endShare } from './share.ts'

/**
 * The places of the server as a whole, which all tenants share as they share a pool: a request has one from before it asks for one in
 * its pool until it ends. The queue that it waits in where there is none; undefined when it has one, or none is needed.
 */
export function takeServerPlace(exchange: Exchange): BoundedPool | undefined {
  const { global, queues } = exchange.thread
  if (global.maxInFlight === 0) return undefined
  const { queue, queueTimeoutMs } = global
  const waiting = { slot: serverSlot, queue, queueTimeoutMs, flow: exchange.tenant!.serverFlow }
  return queues.hasWaiting(serverSlot) || !enterServer(exchange) ? waiting : undefined
}

/** False while there is none. */
export function enterServer(exchange: Exchange): boolean {
  const { thread, tenant } = exchange
  if (!enterBelow(thread.slab, thread.thread, serverSlot, thread.global.maxInFlight)) return false
  exchange.serverShare = beginShare(thread, tenant!.serverFlow)
  return true
}

export function leaveServer({ thread, serverShare }: Exchange): void {
  if (serverShare === undefined) return
  leave(thread.slab, thread.thread, serverSlot)
  endShare(thread, serverShare)
  thread.queues.placeFreed({ slot: serverSlot, flow: serverShare.flow })
}
