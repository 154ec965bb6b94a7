import { breakerState, endProbe, readBreaker, takeProbe } from '../slab/breakers.ts'
import type { BreakerState } from '../slab/breakers.ts'
import { countOutcome } from '../slab/outcomes.ts'
import type { BreakerSnapshot } from '../snapshot/pool-snapshot.ts'
import type { Exchange } from './exchange.ts'

/** Whose probe an exchange is, in bits. */
export const probeOf = { endpoint: 1, pool: 2, tenant: 4 } as const

/** What came of an attempt; `unknown` while it runs, and when its client went away. */
export const attemptResult = { unknown: 0, good: 1, failed: 2 } as const

export type AttemptResult = (typeof attemptResult)[keyof typeof attemptResult]

/** An endpoint, a pool or a tenant whose requests are counted, since a circuit breaker or its ejection depends on them. */
export interface Judged {
  readonly slot: number
  /** One of `probeOf`. */
  readonly probe: number
  /** Infinity: nothing is slow. */
  readonly slowAfterUs: number
  /** Whether a slow probe has failed. */
  readonly failsSlow: boolean
  readonly openMs: number
  /** Nobody is refused while it is open. */
  readonly isShadow: boolean
}

export function createJudged(slot: number, probe: number, breaker: BreakerSnapshot | undefined): Judged {
  return {
    slot,
    probe,
    slowAfterUs: breaker === undefined ? Infinity : breaker.slowAfterMs * 1_000,
    failsSlow: breaker !== undefined && breaker.slowPercent > 0,
    openMs: breaker?.openMs ?? 0,
    isShadow: breaker?.isShadow ?? false,
  }
}

/** Whether a circuit breaker lets the exchange through: it is closed, or the exchange becomes its probe. */
export function passBreaker(exchange: Exchange, judged: Judged): boolean {
  const state = readBreaker(exchange.thread.slab, judged.slot)
  return state === breakerState.closed || (state === breakerState.halfOpen && becomeProbe(exchange, judged))
}

/** Whether the exchange is the probe that may go through now. */
export function becomeProbe(exchange: Exchange, { slot, probe }: Judged): boolean {
  if (!takeProbe(exchange.thread.slab, slot)) return false
  exchange.probes |= probe
  return true
}

/** Nothing comes of it: another exchange may be the probe. */
export function giveUpProbe(exchange: Exchange, judged: Judged): void {
  finishProbe(exchange, judged, breakerState.halfOpen)
}

/** An attempt is over: before its endpoint is left. */
export function settleAttempt(exchange: Exchange): void {
  const judged = exchange.endpoint?.judged
  if (judged !== undefined) settle(exchange, judged)
}

/** The exchange is over, or has become a tunnel: what came of its last attempt counts for its pool and its tenant. Once. */
export function settleExchange(exchange: Exchange): void {
  if (exchange.isSettled) return
  exchange.isSettled = true
  settleAttempt(exchange)
  const { tenant, route } = exchange
  if (route?.pool.judged !== undefined) settle(exchange, route.pool.judged)
  if (tenant?.judged !== undefined) settle(exchange, tenant.judged)
}

function settle(exchange: Exchange, judged: Judged): void {
  const { slot, probe, slowAfterUs, failsSlow } = judged
  const { slab, thread } = exchange.thread
  const hasFailed = exchange.result === attemptResult.failed
  const isSlow = waitedUs(exchange) >= slowAfterUs
  // A client that goes away says nothing about the endpoint, unless it was the endpoint that let it wait.
  const isKnown = exchange.result !== attemptResult.unknown || isSlow
  if (isKnown) countOutcome(slab, { thread, slot }, { hasFailed, isSlow })
  if ((exchange.probes & probe) === 0) return
  if (!isKnown) return giveUpProbe(exchange, judged)
  finishProbe(exchange, judged, hasFailed || (isSlow && failsSlow) ? breakerState.failed : breakerState.passed)
}

function finishProbe(exchange: Exchange, { slot, probe }: Judged, result: BreakerState): void {
  exchange.probes &= ~probe
  endProbe(exchange.thread.slab, slot, result)
}

/** For the response to begin. */
function waitedUs({ endpointUs, sentUs, thread }: Exchange): number {
  if (endpointUs >= 0) return endpointUs
  return sentUs === 0 ? 0 : thread.clock.monotonicUs() - sentUs
}
