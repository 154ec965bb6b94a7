import type { RequestHead } from '../wire/http1/request-head.ts'
import type { RouteRuntime } from './tenant-runtime.ts'

/**
 * The first route, the most specific first, whose prefix covers whole segments of the path, whose conditions hold and that takes the method.
 * When only the method keeps a route from matching, its methods are returned for an Allow field.
 */
export function findRoute(
  routes: readonly RouteRuntime[],
  path: string,
  head: RequestHead,
): RouteRuntime | string | undefined {
  let allow = ''
  for (const route of routes) {
    if (!isPathWithin(path, route.path)) continue
    if (route.matches !== undefined && !route.matches(head, path)) continue
    if (route.methods.length === 0 || route.methods.includes(head.method)) return route
    allow += (allow === '' ? '' : ', ') + route.methods.join(', ')
  }
  return allow === '' ? undefined : allow
}

/** `/api` covers `/api` and `/api/users`, not `/apis`. */
export function isPathWithin(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false
  if (path.length === prefix.length || prefix.endsWith('/')) return true
  return path.charCodeAt(prefix.length) === 0x2f
}

/** What is left of the path without the route's prefix: always starts with a slash. */
export function stripPrefix(path: string, prefix: string): string {
  const rest = path.slice(prefix.endsWith('/') ? prefix.length - 1 : prefix.length)
  return rest === '' ? '/' : rest
}
