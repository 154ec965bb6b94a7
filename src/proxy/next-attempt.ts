import { refuseExchange, startNextAttempt } from './attempt.ts'
import { backoffMs } from './backoff.ts'
import type { Exchange } from './exchange.ts'
import { hasBody } from './kept-body.ts'
import { hasUntried, leaveEndpoint } from './places.ts'
import type { Rejection } from './rejections.ts'
import { mayRetryStatus } from './retry.ts'
import type { AttemptFacts } from './retry.ts'

/** Why an attempt has failed, and what its client is told should there be nobody else to ask. */
export interface Failure {
  readonly code: string
  readonly otherwise: Rejection
}

/** Whether the answer of the attempt under way, which has that status, is left for another endpoint's. */
export function mayLeaveAnswer(exchange: Exchange, status: number): boolean {
  return mayRetryStatus(status, factsOf(exchange), exchange.route!.retry) && mayAfford(exchange)
}

/** There is somebody else to ask, and the pool has a retry left, which is taken. */
export function mayAfford(exchange: Exchange): boolean {
  return hasUntried(exchange) && exchange.route!.pool.retryBudget.take(exchange.thread.clock.monotonicUs())
}

export function factsOf(exchange: Exchange): AttemptFacts {
  return {
    method: exchange.method,
    isReplayable: exchange.keptBody === undefined ? !hasBody(exchange.head) : exchange.keptBody.isComplete,
    isAnswerStarted: exchange.isAnswerStarted,
    attempts: exchange.attempts,
  }
}

/** The attempt has failed and its stream is gone: the next one goes to somebody who has not been asked yet, at once or a little later. */
export function tryAnother(exchange: Exchange, { code, otherwise }: Failure): void {
  const { pool, retry } = exchange.route!
  exchange.tried = [...(exchange.tried ?? []), pool.endpoints.indexOf(exchange.endpoint!)]
  leaveEndpoint(exchange, code)
  const waitMs = backoffMs(exchange.attempts, { baseMs: retry.backoffMs, random: Math.random })
  if (waitMs === 0) return tryNext(exchange, otherwise)
  exchange.timer = setTimeout(() => exchange.onBackoff(otherwise), waitMs)
}

/** Who is left may have become fewer in the meantime. */
export function tryNext(exchange: Exchange, otherwise: Rejection): void {
  exchange.timer = undefined
  if (!startNextAttempt(exchange)) refuseExchange(exchange, otherwise)
}
