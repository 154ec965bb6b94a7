import { parseMirror } from '../kit/field/mirror.ts'
import { parseSplitPart } from '../kit/field/split.ts'
import type { RouteRow } from './route.ts'

/** A pool that a route names, and where it does. */
export interface PoolUse {
  readonly pool: string
  readonly field: 'pool' | 'split' | 'mirror'
}

/** The pools that it goes to, its own or those that it is split among, and the one that gets copies. */
export function poolsOfRoute({ pool, split, mirror }: Pick<RouteRow, 'pool' | 'split' | 'mirror'>): readonly PoolUse[] {
  const parts = split.map(parseSplitPart).filter((part) => part !== undefined)
  const served: PoolUse[] =
    parts.length === 0 ? [{ pool, field: 'pool' }] : parts.map((part) => ({ pool: part.pool, field: 'split' }))
  const copied = mirror === undefined ? undefined : parseMirror(mirror)
  return copied === undefined ? served : [...served, { pool: copied.pool, field: 'mirror' }]
}
