import { leave } from '../slab/gauges.ts'
import { writeRecord } from '../slab/record.ts'
import { noTenantSlot } from '../slab/slots.ts'
import { countExchange, countReason, statsAt } from '../slab/stats.ts'
import { settleExchange } from './breakers.ts'
import type { Exchange } from './exchange.ts'
import { leaveLimits, settleQuotas } from './limits.ts'
import { leavePlace } from './places.ts'
import { reasonOf } from './rejections.ts'
import { leaveServer } from './server-places.ts'
import { renderSteps } from './trace.ts'
import { unpinRuntime } from './tenant-runtime.ts'

/** The one end of every exchange: give back what was taken, count, write one record, let the front go on. */
export function closeExchange(exchange: Exchange): void {
  if (exchange.isClosed) return
  exchange.isClosed = true
  exchange.durationUs = exchange.thread.clock.monotonicUs() - exchange.openedUs
  exchange.endpointTimeUs = timeAtEndpoints(exchange)
  if (exchange.timer !== undefined) clearTimeout(exchange.timer)
  exchange.keptBody?.drop()
  exchange.mirror?.drop()
  exchange.hedge?.drop(exchange.code)
  exchange.shape?.close()
  if (exchange.deadlineUs !== 0) exchange.thread.sweeper.delete(exchange)
  if (exchange.route?.isJudged === true) settleExchange(exchange)
  if (exchange.trace !== undefined) exchange.notes = renderSteps(exchange.trace)
  giveBack(exchange)
  count(exchange)
  writeRecord(exchange.thread.ring, exchange)
  if (exchange.tenant !== undefined) unpinRuntime(exchange.thread, exchange.tenant)
  exchange.front.exchangeClosed()
}

/** From its first attempt on, as its record tells them: in whole microseconds. */
function timeAtEndpoints({ attempts, durationUs, waitingUs }: Exchange): number {
  return attempts === 0 ? 0 : Math.max(0, Math.round(durationUs) - Math.round(waitingUs))
}

function giveBack(exchange: Exchange): void {
  const { slab, thread, queues } = exchange.thread
  if (exchange.route !== undefined) {
    if (exchange.queuedUs !== 0) queues.leave(exchange, exchange.waitsIn!)
    leavePlace(exchange)
    leaveServer(exchange)
    leaveLimits(exchange)
    if (exchange.meteredBy !== undefined) settle(exchange)
    leave(slab, thread, exchange.route.slot)
  }
  if (exchange.tenant !== undefined) leave(slab, thread, exchange.tenant.slot)
}

function settle(exchange: Exchange): void {
  const { bytesIn, bytesOut, endpointTimeUs } = exchange
  settleQuotas(exchange, { bytes: bytesIn + bytesOut, endpointTimeUs })
}

function count(exchange: Exchange): void {
  const { slab, thread } = exchange.thread
  const { tenant, route, key, endpoint } = exchange
  if (exchange.isRejected) countRefusal(exchange)
  countExchange(slab, tenant?.statsAt ?? statsAt(slab, thread, noTenantSlot), exchange)
  if (route !== undefined) countExchange(slab, route.statsAt, exchange)
  if (key !== undefined) countExchange(slab, key.statsAt, exchange)
  if (endpoint !== undefined) countExchange(slab, endpoint.statsAt, exchange)
}

function countRefusal({ thread: { slab }, code, tenant, route, key }: Exchange): void {
  const reason = reasonOf(code)
  countReason(slab, tenant?.slot ?? noTenantSlot, reason)
  if (route !== undefined) countReason(slab, route.slot, reason)
  if (key !== undefined) countReason(slab, key.slot, reason)
}
