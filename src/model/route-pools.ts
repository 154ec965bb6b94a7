import { parseSplitPart } from '../kit/field/split.ts'
import type { RouteRow } from './route.ts'

/** Names of the pools that it goes to: its own, or those that it is split among. */
export function poolsOfRoute({ pool, split }: Pick<RouteRow, 'pool' | 'split'>): readonly string[] {
  const parts = split.map(parseSplitPart).filter((part) => part !== undefined)
  return parts.length === 0 ? [pool] : parts.map((part) => part.pool)
}
