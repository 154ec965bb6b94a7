import { statusMatches } from '../kit/field/status-range.ts'
import type { RouteSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { Fault } from '../upstream/fault.ts'

/** What a route says of further attempts. */
export interface RetryPolicy {
  /** In all, the first included. */
  readonly attempts: number
  readonly onConnect: boolean
  readonly onReset: boolean
  readonly onTimeout: boolean
  /** The answer is no HTTP. */
  readonly onProtocol: boolean
  /** Ranges: `502-504`. */
  readonly onStatuses: readonly string[]
  readonly retryNonIdempotent: boolean
  /** Longest wait before the second retry; it doubles. */
  readonly backoffMs: number
}

/** What a retry depends on, besides the fault. */
export interface AttemptFacts {
  readonly method: string
  /** It has no body, or all that has come of it is kept. */
  readonly isReplayable: boolean
  readonly isAnswerStarted: boolean
  readonly attempts: number
}

export type RetryVerdict = 'other_endpoint' | 'same_endpoint' | 'give_up'

export function compileRetryPolicy(route: RouteSnapshot): RetryPolicy {
  const { attempts, retryOn, retryNonIdempotent, retryBackoffMs } = route
  return {
    attempts,
    onConnect: retryOn.includes('connect'),
    onReset: retryOn.includes('reset'),
    onTimeout: retryOn.includes('timeout'),
    onProtocol: retryOn.includes('protocol'),
    onStatuses: retryOn.filter((cause) => cause.startsWith('5')),
    retryNonIdempotent,
    backoffMs: retryBackoffMs,
  }
}

/**
 * Nothing was sent: any request may go to another endpoint. A connection that was closed while idle: RFC 9110 section
 * 9.2.2 allows an idempotent request once more, and a fresh connection never is such a one. Everything else needs a
 * request that may be repeated.
 */
export function judgeRetry(fault: Fault, facts: AttemptFacts, policy: RetryPolicy): RetryVerdict {
  if (facts.isAnswerStarted) return 'give_up'
  const mayRepeat = isRepeatable(facts, policy)
  if (fault.isStale && mayRepeat) return 'same_endpoint'
  if (facts.attempts >= policy.attempts) return 'give_up'
  if (!fault.hasSent) return policy.onConnect ? 'other_endpoint' : 'give_up'
  return isCause(fault, policy) && mayRepeat ? 'other_endpoint' : 'give_up'
}

function isCause({ code }: Fault, { onReset, onTimeout, onProtocol }: RetryPolicy): boolean {
  if (code === 'endpoint_closed') return onReset
  if (code === 'endpoint_timeout') return onTimeout
  return code === 'endpoint_protocol' && onProtocol
}

/** Whether an answer with that status, of which the client has seen nothing, is left for another endpoint's. */
export function mayRetryStatus(status: number, facts: AttemptFacts, policy: RetryPolicy): boolean {
  if (facts.isAnswerStarted || facts.attempts >= policy.attempts || !isRepeatable(facts, policy)) return false
  return policy.onStatuses.some((range) => statusMatches(range, status))
}

/** Whether such a request may be carried out twice, as far as its method says. */
export function isRepeatableMethod(method: string, { retryNonIdempotent }: RetryPolicy): boolean {
  return retryNonIdempotent || idempotentMethods.has(method)
}

function isRepeatable({ method, isReplayable }: AttemptFacts, policy: RetryPolicy): boolean {
  return isReplayable && isRepeatableMethod(method, policy)
}

/** RFC 9110 section 9.2.2; TRACE never gets here. */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
