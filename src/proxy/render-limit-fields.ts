import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import { findTightest } from './find-tightest.ts'
import type { Limited } from './limits.ts'
import type { LimitSet } from './limit-runtime.ts'

/** Who is told: an exchange. */
export interface Told extends Limited {
  readonly thread: Limited['thread'] & { readonly global: Pick<GlobalSnapshot, 'rateLimitHeaders'> }
  limitFields: string
}

/**
 * What the answer says about limits of rate and quotas of requests: each as a policy, and of the one with the least left how much that is
 * (draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4), or the older X-RateLimit fields, as the setting has it.
 */
export function renderLimitFields(exchange: Told, { limits, policyField }: LimitSet): void {
  const kind = exchange.thread.global.rateLimitHeaders
  if (kind === 'off' || policyField === '') return
  const tightest = findTightest(exchange, limits)
  if (tightest === undefined) return
  const { name, most, left } = tightest
  const seconds = Math.ceil(tightest.fullInUs / 1e6)
  let text = ''
  if (kind !== 'legacy') text = policyField + 'RateLimit: "' + name + '";r=' + left + ';t=' + seconds + '\r\n'
  if (kind !== 'standard') {
    text += `X-RateLimit-Limit: ${most}\r\nX-RateLimit-Remaining: ${left}\r\nX-RateLimit-Reset: ${seconds}\r\n`
  }
  exchange.limitFields = text
}
