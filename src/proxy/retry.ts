import type { Fault } from '../upstream/fault.ts'

/** What a retry depends on, besides the fault. */
export interface AttemptFacts {
  readonly method: string
  /** Whether the request has a body, which is not kept. */
  readonly hasBody: boolean
  readonly isAnswerStarted: boolean
  readonly attempts: number
}

export type RetryVerdict = 'other_endpoint' | 'same_endpoint' | 'give_up'

/** Attempts in all, so that one request cannot visit every endpoint of a large pool. */
const maxAttempts = 3

/**
 * Nothing was sent: any request may go to another endpoint. A connection that was closed while idle: RFC 9110 section
 * 9.2.2 allows an idempotent request once more. Everything else is the client's decision.
 */
export function judgeRetry(fault: Fault, facts: AttemptFacts): RetryVerdict {
  if (facts.isAnswerStarted || facts.attempts >= maxAttempts) return 'give_up'
  if (!fault.hasSent) return 'other_endpoint'
  if (fault.isStale && !facts.hasBody && idempotentMethods.has(facts.method)) return 'same_endpoint'
  return 'give_up'
}

/** RFC 9110 section 9.2.2; TRACE never gets here. */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
