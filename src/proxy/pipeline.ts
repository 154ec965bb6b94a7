import type { PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { RouteSnapshot, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import { enter } from '../slab/gauges.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import { admitUpgrade, asksForUpgrade } from './admit-upgrade.ts'
import { chooseTarget } from './choose-target.ts'
import type { Exchange } from './exchange.ts'
import { findRoute } from './find-route.ts'
import { authenticatePhase } from './phases/authenticate.ts'
import { breakerPhase } from './phases/breaker.ts'
import { hashPhase } from './phases/hash.ts'
import { ipRulesPhase } from './phases/ip-rules.ts'
import { limitPhase } from './phases/limit.ts'
import { maxBodyPhase } from './phases/max-body.ts'
import { stickyPhase } from './phases/sticky.ts'
import { rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import { chooseRoute } from './split.ts'
import type { RouteRuntime, TenantRuntime } from './tenant-runtime.ts'
import { traceStep } from './trace.ts'

/** One step that may refuse. Synchronous; it finds the tenant and the route on the exchange. */
export type Phase = (exchange: Exchange) => Rejection | undefined

/** What a phase goes by. */
export interface PhasePlan {
  readonly tenant: TenantSnapshot
  readonly route: RouteSnapshot
  /** The route's. */
  readonly pool: PoolSnapshot
  /** All that routes of the tenant go to. */
  readonly pools: readonly PoolSnapshot[]
}

/** Every phase there is, in the order in which a request meets them. Each decides for a route whether it is needed. */
const phases: readonly (readonly [name: string, compile: (plan: PhasePlan) => Phase | undefined])[] = [
  ['ip-rules', ipRulesPhase],
  ['authenticate', authenticatePhase],
  ['limits', limitPhase],
  ['max-body', maxBodyPhase],
  ['breakers', breakerPhase],
  ['sticky', stickyPhase],
  ['hash', hashPhase],
]

/** The phases that one route needs, with their names for traces: what a tenant does not use is not on its path. */
export function compilePhases(plan: PhasePlan): {
  readonly phases: readonly Phase[]
  readonly phaseNames: readonly string[]
} {
  const compiled = phases.flatMap(([name, compile]) => {
    const phase = compile(plan)
    return phase === undefined ? [] : [{ name, phase }]
  })
  return { phases: compiled.map(({ phase }) => phase), phaseNames: compiled.map(({ name }) => name) }
}

/** Finds tenant and route and lets the route's phases decide; the exchange may go to an endpoint when nothing is returned. */
export function admit(exchange: Exchange): Rejection | undefined {
  const { thread, head } = exchange
  const tenant = thread.tenants.find(head.host)
  if (tenant === undefined) return rejections.noRoute
  pin(exchange, tenant)
  if (exchange.trace !== undefined) traceStep(exchange, 'tenant', undefined, tenant.name)
  if (tenant.isSuspended) return rejections.tenantSuspended

  const found = findRoute(tenant.routes, head.path, head) ?? findServerRoute(tenant, head)
  if (found === undefined) return rejections.noRoute
  if (typeof found === 'string') {
    exchange.allow = found
    return rejections.methodNotAllowed
  }
  const route = found.split === undefined ? found : chooseRoute(exchange, found.split)
  if (!exchange.front.lease.joinTenant(tenant.slot)) return rejections.tooManyConnections
  exchange.route = route
  exchange.routeId = route.id
  exchange.timeoutMs = route.timeoutMs
  exchange.idleTimeoutMs = route.idleTimeoutMs
  if (exchange.trace !== undefined) traceStep(exchange, 'route', undefined, `${route.name} (${route.path})`)
  enter(thread.slab, thread.thread, route.slot)

  const mistake = chooseTarget(exchange, tenant.routes)
  if (mistake !== undefined) return mistake
  const { phases: ofRoute, phaseNames } = route
  for (let at = 0; at < ofRoute.length; at++) {
    const rejection = ofRoute[at](exchange)
    // Why it was refused is always told.
    if (rejection !== undefined) exchange.trace ??= []
    if (exchange.trace !== undefined) traceStep(exchange, phaseNames[at], rejection)
    if (rejection !== undefined) return rejection
  }
  if (route.requestTimeoutMs > 0) exchange.expireIn(route.requestTimeoutMs)
  return asksForUpgrade(head) ? admitUpgrade(exchange) : undefined
}

/** RFC 9110 section 9.3.7: `OPTIONS *` is for the server behind a host name as a whole, which the route of its root leads to. */
function findServerRoute(tenant: TenantRuntime, head: RequestHead): RouteRuntime | string | undefined {
  return head.path === '*' ? findRoute(tenant.routes, '/', head) : undefined
}

/** From here on a change of configuration does not reach this exchange. */
function pin(exchange: Exchange, tenant: TenantRuntime): void {
  tenant.pins += 1
  exchange.tenant = tenant
  exchange.tenantId = tenant.id
  exchange.tenantName = tenant.name
  enter(exchange.thread.slab, exchange.thread.thread, tenant.slot)
}
