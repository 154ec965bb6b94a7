import type { PoolSnapshot } from '../../snapshot/pool-snapshot.ts'
import { findCookie, withoutCookies } from '../../wire/http1/cookie.ts'
import { fieldId } from '../../wire/http1/field-id.ts'
import type { Exchange } from '../exchange.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'
import { decodePin, stickyName, stickyPrefix } from '../sticky-cookie.ts'

const cookieBit = 1 << fieldId.cookie

/**
 * Reads which endpoint a client is pinned to, and keeps cookies of ours from every endpoint of the tenant: of all its pools,
 * since a browser sends them wherever the host leads. Never refuses.
 */
export function stickyPhase({ pool, pools }: PhasePlan): Phase | undefined {
  if (!pools.some(({ sticky }) => sticky === 'cookie')) return undefined
  const indexes = new Map(pool.endpoints.map(({ id }, index) => [id, index]))
  return (exchange) => {
    if ((exchange.head.seenIds & cookieBit) === 0) return undefined
    if (pool.sticky === 'cookie') readPin(exchange, pool, indexes)
    withhold(exchange)
    return undefined
  }
}

function readPin(exchange: Exchange, pool: PoolSnapshot, indexes: ReadonlyMap<number, number>): void {
  const value = findCookie(exchange.head, stickyName(pool.id))
  if (value === undefined) return
  const scope = { secret: exchange.thread.global.stickySecret, tenantId: exchange.tenantId, poolId: pool.id }
  const pin = decodePin(value, scope, exchange.timeMs)
  if (pin === undefined) return
  exchange.pinned = indexes.get(pin.endpointId) ?? -1
  // Who keeps coming keeps its endpoint.
  exchange.isPinOld = pin.expiresMs - exchange.timeMs < pool.stickyAgeMs / 2
}

function withhold(exchange: Exchange): void {
  const { head } = exchange
  const rest = withoutCookies(head, stickyPrefix)
  if (rest === undefined) return
  exchange.withheldFields |= cookieBit
  // RFC 9110 section 7.6.1: a field that Connection names goes no further, nor does what is left of it.
  if (rest !== '' && !head.connectionOptions.includes('cookie')) exchange.cookieLine = `Cookie: ${rest}\r\n`
}
