import { observeLatency } from '../slab/latency.ts'
import type { Exchange } from './exchange.ts'

/** The head of its answer is here; a status of 5xx says that the endpoint failed (RFC 9110 section 15.6). */
export function timeAnswer(exchange: Exchange): void {
  if (isTimed(exchange)) observe(exchange, exchange.endpointUs, exchange.status >= 500)
}

/** The endpoint failed otherwise, or did not answer in time. */
export function timeFailure(exchange: Exchange): void {
  if (!isTimed(exchange)) return
  // Of an attempt that sent nothing: connecting took as long as that at most.
  const sinceUs = exchange.sentUs === 0 ? exchange.openedUs : exchange.sentUs
  observe(exchange, exchange.thread.clock.monotonicUs() - sinceUs, true)
}

/** What nobody asks for is not measured. */
function isTimed({ endpoint, route }: Exchange): boolean {
  return endpoint !== undefined && route !== undefined && route.pool.isTimed
}

function observe({ thread, endpoint }: Exchange, us: number, hasFailed: boolean): void {
  observeLatency(thread.slab, endpoint!.slot, { us, hasFailed, nowUs: thread.clock.monotonicUs() })
}
