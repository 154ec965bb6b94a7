import type { RouteSnapshot, TenantSnapshot } from '../../snapshot/tenant-snapshot.ts'
import type { Exchange } from '../exchange.ts'
import { createLimitSet, takeLimits } from '../limits.ts'
import type { LimitSet } from '../limits.ts'
import type { Phase } from '../pipeline.ts'
import { renderLimitFields } from '../render-limit-fields.ts'
import { rejections } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'

/** Part of what a client is told to wait, at random: those that were refused together do not come back together. */
const mostJitter = 0.25

/** Limits of the tenant, of the route and of the key, exact over all data threads. */
export function limitPhase({ limits }: TenantSnapshot, route: RouteSnapshot): Phase | undefined {
  return limits.some(({ level, targetId }) => level !== 'route' || targetId === route.id) ? applyLimits : undefined
}

function applyLimits(exchange: Exchange): Rejection | undefined {
  const limits = findLimits(exchange)
  const excess = takeLimits(exchange, limits)
  renderLimitFields(exchange, limits.limits)
  if (excess === undefined) return undefined
  exchange.violated = excess.limit.target
  exchange.retryAfterSeconds = Math.max(1, Math.ceil((excess.waitUs / 1e6) * (1 + mostJitter * Math.random())))
  return excess.unit === 'rate' ? rejections.rateLimited : rejections.concurrencyLimited
}

/** Those of its key come to those of its route. */
function findLimits({ tenant, route, keyId }: Exchange): LimitSet {
  const { limits, lock } = route!.limits
  const ofKey = tenant!.keyLimits.get(keyId)
  return ofKey === undefined ? route!.limits : createLimitSet([...limits, ...ofKey], lock)
}
