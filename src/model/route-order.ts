import type { RouteRow } from './route.ts'

type Ordered = Pick<RouteRow, 'path' | 'pathRegex' | 'match' | 'methods' | 'name'>

/**
 * Which of two routes is asked first: the longer path, then the one with an expression for the path, with more conditions, for certain
 * methods, and at last by name: the first that matches is the most specific one.
 */
export function byPrecedence(a: Ordered, b: Ordered): number {
  return (
    b.path.length - a.path.length ||
    compare(a.path, b.path) ||
    Number(b.pathRegex !== undefined) - Number(a.pathRegex !== undefined) ||
    b.match.length - a.match.length ||
    Number(a.methods.length === 0) - Number(b.methods.length === 0) ||
    compare(a.name, b.name)
  )
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
