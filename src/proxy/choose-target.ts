import { hasDotSegment, otherReadings, stripRawPrefix } from '../wire/http1/raw-path.ts'
import type { Exchange } from './exchange.ts'
import { findRoute, stripPrefix } from './find-route.ts'
import { explainRejection, rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import type { RouteRuntime } from './tenant-runtime.ts'

const pathEncoded = explainRejection(rejections.badRequest, 'the path has an encoded slash, backslash or NUL')
const pathClimbs = explainRejection(rejections.badRequest, 'the path has a dot segment, which this route does not take')
const pathAmbiguous = explainRejection(
  rejections.badRequest,
  'the path belongs to another route once its encoded slash, backslash or NUL is decoded',
)

/** Says on the exchange which target its endpoint is sent, once its route is found; or why there is none. */
export function chooseTarget(exchange: Exchange, routes: readonly RouteRuntime[]): Rejection | undefined {
  const route = exchange.route!
  const { head } = exchange
  if (route.isRaw) return chooseRawTarget(exchange, route, routes)
  if (head.hasOpaqueEscape) return pathEncoded
  if (route.stripPrefix) exchange.target = stripPrefix(head.path, route.path) + head.query
  return undefined
}

/**
 * A route for raw paths sends and logs what the client wrote, though the canonical path was matched. So nothing may be in
 * it that an endpoint could resolve or decode into a path of another route.
 */
function chooseRawTarget(
  exchange: Exchange,
  route: RouteRuntime,
  routes: readonly RouteRuntime[],
): Rejection | undefined {
  const { head } = exchange
  exchange.path = head.rawPath + head.query
  if (hasDotSegment(head.rawPath)) return pathClimbs
  if (head.hasOpaqueEscape && !isRouteOfAllReadings(exchange, route, routes)) return pathAmbiguous
  exchange.target = route.stripPrefix ? stripRawPrefix(head.rawPath, route.path) + head.query : exchange.path
  return undefined
}

function isRouteOfAllReadings({ head }: Exchange, route: RouteRuntime, routes: readonly RouteRuntime[]): boolean {
  return otherReadings(head.path).every((path) => {
    const found = findRoute(routes, path, head)
    // Of a split route the exchange has the one of its pool.
    return typeof found === 'object' && found.id === route.id
  })
}
