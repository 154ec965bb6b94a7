import { passBreaker } from '../breakers.ts'
import type { Judged } from '../breakers.ts'
import type { Exchange } from '../exchange.ts'
import { noteShadow } from '../limits.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'
import { rejections } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'

/** Refuses while the circuit breaker of the tenant or of the route's pool is open; those of endpoints decide who is picked. */
export function breakerPhase({ tenant, pool }: PhasePlan): Phase | undefined {
  const hasBreaker = tenant.breaker !== undefined || pool.breaker !== undefined
  return hasBreaker ? checkBreakers : undefined
}

function checkBreakers(exchange: Exchange): Rejection | undefined {
  const { tenant, route } = exchange
  const ofTenant = checkBreaker(exchange, tenant!.judged)
  const rejection = ofTenant ?? checkBreaker(exchange, route!.pool.judged)
  if (rejection !== undefined)
    exchange.rule = `breaker:${ofTenant === undefined ? route!.pool.snapshot.name : 'tenant'}`
  return rejection
}

function checkBreaker(exchange: Exchange, judged: Judged | undefined): Rejection | undefined {
  if (judged === undefined || passBreaker(exchange, judged)) return undefined
  if (judged.isShadow) {
    noteShadow(exchange, 'breaker')
    return undefined
  }
  exchange.retryAfterSeconds = Math.ceil(judged.openMs / 1_000)
  return rejections.breakerOpen
}
