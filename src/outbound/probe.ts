import type { Clock } from '../kit/clock.ts'
import { probeHttp } from './probe-http.ts'
import { probeTcp } from './probe-tcp.ts'

/** Where a health check goes. */
export interface ProbeTarget {
  readonly isTls: boolean
  readonly host: string
  readonly port: number
}

/** What a health check asks and expects. */
export interface ProbePlan {
  readonly kind: 'tcp' | 'http'
  readonly timeoutMs: number
  readonly method: string
  readonly path: string
  /** Value of the Host field; undefined: that of the URL. */
  readonly host: string | undefined
  /** `200-399`, `401`: statuses that are good. */
  readonly statuses: readonly string[]
  /** What the body must have in it; undefined: it is not looked at. */
  readonly body: string | undefined
}

export interface ProbeResult {
  readonly isHealthy: boolean
  /** For people: `status 503 is not in 200-399`. */
  readonly reason: string
  /** Of the whole check. */
  readonly durationUs: number
}

/** Ends a check that takes too long, for less than an abort signal costs (a tcp check: 115 instead of 140 µs). */
export interface Deadline {
  isPassed: boolean
  /** Set by the check: gives up, so that its promise settles. */
  onPassed: () => void
}

/** What a kind of check finds out: undefined when all is well, else why not. */
export type Probe = (target: ProbeTarget, plan: ProbePlan, deadline: Deadline) => Promise<string | undefined>

/** Checks an endpoint once, over a connection of its own. Never rejects: what goes wrong is the result. */
export async function probe(target: ProbeTarget, plan: ProbePlan, clock: Clock): Promise<ProbeResult> {
  const startUs = clock.monotonicUs()
  const deadline: Deadline = { isPassed: false, onPassed: () => {} }
  const timer = setTimeout(() => {
    deadline.isPassed = true
    deadline.onPassed()
  }, plan.timeoutMs)
  const problem = await runProbe(target, plan, deadline)
  clearTimeout(timer)
  const reason = deadline.isPassed ? `no answer within ${plan.timeoutMs} ms` : (problem ?? 'all is well')
  return {
    isHealthy: problem === undefined && !deadline.isPassed,
    reason,
    durationUs: clock.monotonicUs() - startUs,
  }
}

async function runProbe(target: ProbeTarget, plan: ProbePlan, deadline: Deadline): Promise<string | undefined> {
  try {
    return await (plan.kind === 'tcp' ? probeTcp : probeHttp)(target, plan, deadline)
  } catch (error) {
    return describe(error)
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  return connectProblems[code] ?? (error.message === '' ? code : error.message)
}

const connectProblems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'closed before its answer was complete',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'its name has no address',
  HPE_INVALID_CONSTANT: 'its answer is no HTTP',
}
