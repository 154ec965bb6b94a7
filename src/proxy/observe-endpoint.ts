import { countFailure, forgetFailures } from '../slab/failures.ts'
import { observeLatency } from '../slab/latency.ts'
import { countTurnaround } from '../slab/turnarounds.ts'
import { attemptResult } from './breakers.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import type { Exchange } from './exchange.ts'

/** The head of its answer is here; a status of 5xx says that the endpoint failed (RFC 9110 section 15.6). */
export function observeAnswer(exchange: Exchange, head: ResponseHead): void {
  const hasFailed = head.status >= 500
  if (isTimed(exchange)) time(exchange, exchange.endpointUs, hasFailed)
  // An endpoint that fails fast does not take more requests for that.
  if (!hasFailed) turnAround(exchange, exchange.endpointUs)
  if (hasFailed) noteFailure(exchange, `status ${head.status}`, head.valueOf(fieldId.retryAfter))
}

/** Its answer is complete, or it has become a tunnel. */
export function observeEnd(exchange: Exchange): void {
  if (exchange.endpoint === undefined || exchange.status >= 500) return
  exchange.result = attemptResult.good
  forgetFailures(exchange.thread.slab, exchange.endpoint.slot)
}

/** The endpoint failed otherwise, or did not answer in time. */
export function observeFailure(exchange: Exchange, detail: string): void {
  noteFailure(exchange, detail, undefined)
  // Of an attempt that sent nothing: connecting took as long as that at most.
  const sinceUs = exchange.sentUs === 0 ? exchange.openedUs : exchange.sentUs
  if (isTimed(exchange)) time(exchange, exchange.thread.clock.monotonicUs() - sinceUs, true)
}

/** Another one has answered first: it takes as long as that at least. */
export function observeOutrun(exchange: Exchange): void {
  if (isTimed(exchange)) time(exchange, exchange.thread.clock.monotonicUs() - exchange.sentUs, false)
}

/** What nobody asks for is not measured. */
function isTimed({ endpoint, route }: Exchange): boolean {
  return endpoint !== undefined && route !== undefined && route.pool.isTimed
}

function time({ thread, endpoint }: Exchange, us: number, hasFailed: boolean): void {
  observeLatency(thread.slab, endpoint!.slot, { us, hasFailed, nowUs: thread.clock.monotonicUs() })
}

/** What the main thread goes by when it finds out how many requests a pool takes. */
function turnAround({ thread: { slab, thread }, route }: Exchange, us: number): void {
  if (route?.pool.isAdaptive === true) countTurnaround(slab, { thread, slot: route.pool.slot }, us)
}

/** The main thread decides; it is told again should the first telling be lost with this thread. */
function noteFailure(exchange: Exchange, detail: string, retryAfter?: string): void {
  const { thread, tenantId, endpoint, route } = exchange
  exchange.result = attemptResult.failed
  if (endpoint === undefined || route === undefined || route.pool.ejectAfter === 0) return
  const failures = countFailure(thread.slab, endpoint.slot)
  if (failures % route.pool.ejectAfter !== 0) return
  thread.suspect({
    tenantId,
    poolId: route.pool.id,
    endpointId: endpoint.snapshot.id,
    reason: `${failures} failures in a row, the last: ${detail}`,
    retryAfterMs: retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : 0,
  })
}
