import { boundBody } from '../bound-body.ts'
import type { Exchange } from '../exchange.ts'
import { createLimitSet } from '../limit-runtime.ts'
import type { LimitSet } from '../limit-runtime.ts'
import { noteShadow, takeLimits } from '../limits.ts'
import type { Excess } from '../limits.ts'
import type { Phase } from '../pipeline.ts'
import { renderLimitFields } from '../render-limit-fields.ts'
import { rejections } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { Shape } from '../shape.ts'

/** Part of what a client is told to wait, at random: those that were refused together do not come back together. */
const mostJitter = 0.25
/** Nobody waits a week more for a month's quota. */
const mostJitterSeconds = 60

/** Limits of the tenant, of the route, of the key and of all together, exact over all data threads. On every route: the last come and go. */
export function limitPhase(): Phase {
  return applyLimits
}

function applyLimits(exchange: Exchange): Rejection | undefined {
  const set = findLimits(exchange)
  if (set.limits.length === 0 && exchange.thread.globalLimit === undefined) return undefined
  const mistake = boundBodies(exchange, set)
  if (mistake !== undefined) return mistake
  const excess = takeLimits(exchange, set)
  renderLimitFields(exchange, set)
  if (excess === undefined) {
    if (set.isShaped) exchange.shape = new Shape(exchange.thread, exchange, { set, lease: exchange.front.lease })
    return undefined
  }
  exchange.violated = excess.rule
  exchange.retryAfterSeconds = retryAfterSeconds(excess)
  return rejectionOf(exchange, excess)
}

/** A body that is too long is charged to nobody. */
function boundBodies(exchange: Exchange, { bodied }: LimitSet): Rejection | undefined {
  for (const { target, maxBodyBytes, isShadow } of bodied) {
    if (!isShadow) {
      const mistake = boundBody(exchange, maxBodyBytes, target)
      if (mistake !== undefined) return mistake
    } else if (exchange.head.contentLength > maxBodyBytes) noteShadow(exchange, target)
  }
  return undefined
}

function rejectionOf({ thread }: Exchange, { limit, unit }: Excess): Rejection {
  if (limit === thread.globalLimit) return rejections.globalLimited
  if (unit === 'quota') return rejections.quotaExceeded
  return unit === 'rate' ? rejections.rateLimited : rejections.concurrencyLimited
}

function retryAfterSeconds({ waitUs }: Excess): number {
  const seconds = waitUs / 1e6
  return Math.max(1, Math.ceil(seconds + Math.min(seconds * mostJitter, mostJitterSeconds) * Math.random()))
}

/** Those of its key come to those of its route. */
function findLimits({ tenant, route, keyId }: Exchange): LimitSet {
  const { limits, limitsOfKeys } = route!
  const ofKey = tenant!.keyLimits.get(keyId)
  if (ofKey === undefined) return limits
  const known = limitsOfKeys.get(keyId)
  if (known !== undefined) return known
  const together = createLimitSet([...limits.limits, ...ofKey], limits.lock)
  limitsOfKeys.set(keyId, together)
  return together
}
