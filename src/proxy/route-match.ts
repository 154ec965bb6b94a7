import { parseRequestMatch } from '../kit/field/request-match.ts'
import { compilePathRegex } from '../kit/path-regex.ts'
import type { RouteSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import { compileNamedValue } from './request-value.ts'

/** What of a request a route asks for, besides path prefix and method; the path may be another reading of its own. */
export type RouteMatch = (head: RequestHead, path: string) => boolean

/** Undefined: nothing. All must hold. */
export function compileRouteMatch({
  match,
  pathRegex,
}: Pick<RouteSnapshot, 'match' | 'pathRegex'>): RouteMatch | undefined {
  const matchesPath = pathRegex === undefined ? undefined : compilePathRegex(pathRegex)
  const conditions = match.map(compileCondition)
  if (matchesPath === undefined && conditions.length === 0) return undefined
  return (head, path) => conditions.every((holds) => holds(head)) && (matchesPath === undefined || matchesPath(path))
}

function compileCondition(text: string): (head: RequestHead) => boolean {
  const match = parseRequestMatch(text)
  const find = match && compileNamedValue(match)
  if (match === undefined || find === undefined) return () => false
  const { test, value } = match
  return (head) => {
    const found = find(head)
    if (found === undefined || test === 'present') return found !== undefined
    return test === 'exact' ? found === value : found.startsWith(value)
  }
}
