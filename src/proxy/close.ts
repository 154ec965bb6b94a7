import { leave } from '../slab/gauges.ts'
import { writeRecord } from '../slab/record.ts'
import { noTenantSlot } from '../slab/slots.ts'
import { countExchange, statsAt } from '../slab/stats.ts'
import { settleExchange } from './breakers.ts'
import type { Exchange } from './exchange.ts'
import { leaveLimits, settleQuotas } from './limits.ts'
import { leavePlace } from './places.ts'
import { unpinRuntime } from './tenant-runtime.ts'

/** The one end of every exchange: give back what was taken, count, write one record, let the front go on. */
export function closeExchange(exchange: Exchange): void {
  if (exchange.isClosed) return
  exchange.isClosed = true
  exchange.durationUs = exchange.thread.clock.monotonicUs() - exchange.openedUs
  if (exchange.timer !== undefined) clearTimeout(exchange.timer)
  exchange.keptBody?.drop()
  exchange.hedge?.drop(exchange.code)
  exchange.shape?.close()
  if (exchange.deadlineUs !== 0) exchange.thread.sweeper.delete(exchange)
  if (exchange.route?.isJudged === true) settleExchange(exchange)
  giveBack(exchange)
  count(exchange)
  writeRecord(exchange.thread.ring, exchange)
  if (exchange.tenant !== undefined) unpinRuntime(exchange.thread, exchange.tenant)
  exchange.front.exchangeClosed()
}

function giveBack(exchange: Exchange): void {
  const { slab, thread, queues } = exchange.thread
  if (exchange.route !== undefined) {
    if (exchange.queuedUs !== 0) queues.leave(exchange, exchange.route.pool.slot)
    leavePlace(exchange)
    leaveLimits(exchange)
    if (exchange.meteredBy !== undefined) settle(exchange)
    leave(slab, thread, exchange.route.slot)
  }
  if (exchange.tenant !== undefined) leave(slab, thread, exchange.tenant.slot)
}

/** Time at endpoints is all from the first attempt on, until the answer is out. */
function settle(exchange: Exchange): void {
  const { bytesIn, bytesOut, attempts, durationUs, waitingUs } = exchange
  settleQuotas(exchange, { bytes: bytesIn + bytesOut, endpointUs: attempts > 0 ? durationUs - waitingUs : 0 })
}

function count(exchange: Exchange): void {
  const { slab, thread } = exchange.thread
  countExchange(slab, exchange.tenant?.statsAt ?? statsAt(slab, thread, noTenantSlot), exchange)
  if (exchange.route !== undefined) countExchange(slab, exchange.route.statsAt, exchange)
  if (exchange.endpoint !== undefined) countExchange(slab, exchange.endpoint.statsAt, exchange)
}
