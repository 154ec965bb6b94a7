import { serverSlot } from '../slab/slots.ts'
import type { Exchange } from './exchange.ts'
import type { Rejection } from './rejections.ts'

/** Rules whose names are no business of a client: it learns their kind. */
const kindsToldAlone = new Set(['host', 'tenant', 'ip-rule', 'route', 'pool', 'breaker', 'endpoint'])

/** What decided, as `KIND:NAME`: `limit:route:api`, `ip-rule:203.0.113.0/24`, `pool:web`; the phase may have said it already. */
export function ruleOf(exchange: Exchange, { code }: Rejection): string {
  if (exchange.rule !== '') return exchange.rule
  const { tenant, route, violated, waitsIn } = exchange
  const routeRule = route === undefined ? 'route' : `route:${route.name}`
  const poolRule = route === undefined ? 'pool' : `pool:${route.pool.snapshot.name}`
  switch (code) {
    case 'no_route':
      return tenant === undefined ? 'host' : 'route'
    case 'tenant_suspended':
      return 'tenant'
    case 'rate_limited':
    case 'concurrency_limited':
    case 'quota_exceeded':
    case 'global_limited':
      return `limit:${violated}`
    case 'body_too_large':
      return violated === '' ? routeRule : `limit:${violated}`
    case 'no_endpoint':
    case 'pool_full':
      return poolRule
    case 'queue_timeout':
      return waitsIn?.slot === serverSlot ? 'setting:max-in-flight' : poolRule
    case 'server_full':
      return 'setting:max-in-flight'
    case 'too_many_connections':
      return 'setting:max-connections-per-tenant'
    case 'request_timeout':
      return 'setting:header-timeout'
    case 'endpoint_connect':
    case 'endpoint_closed':
    case 'endpoint_protocol':
      return 'endpoint'
    case 'unauthenticated':
    case 'method_not_allowed':
    case 'websocket_not_allowed':
    case 'endpoint_timeout':
    case 'exchange_timeout':
      return routeRule
    default:
      return code === 'internal_error' ? 'defect' : 'http'
  }
}

/** The same as a client may know it. */
export function toldRule(rule: string): string {
  const colon = rule.indexOf(':')
  const kind = colon === -1 ? rule : rule.slice(0, colon)
  return kindsToldAlone.has(kind) ? kind : rule
}
