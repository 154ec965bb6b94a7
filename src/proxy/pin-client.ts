import type { Exchange } from './exchange.ts'
import { renderSetCookie } from './sticky-cookie.ts'

/**
 * The endpoint that answers is not the one that the client was pinned to, or the pin is old: the answer brings a new one. An
 * endpoint that has no place for this one request keeps its clients.
 */
export function pinClient(exchange: Exchange): void {
  const { pool } = exchange.route!
  if (pool.stickyAgeMs === 0 || exchange.isPinFull) return
  const isPinned = exchange.pinned !== -1 && pool.endpoints[exchange.pinned] === exchange.endpoint
  const secret = exchange.thread.global.stickySecret
  if ((isPinned && !exchange.isPinOld) || secret === '') return
  const scope = { secret, tenantId: exchange.tenantId, poolId: pool.id }
  const pin = { endpointId: exchange.endpointId, expiresMs: exchange.timeMs + pool.stickyAgeMs }
  exchange.setCookie = renderSetCookie(pin, scope, { ageMs: pool.stickyAgeMs, isTls: exchange.front.isTls })
}
