import type { PoolEvent } from '../slab/pool-event.ts'
import type { Absentee } from '../snapshot/expand-tenant.ts'
import type { PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { TenantSnapshot } from '../snapshot/tenant-snapshot.ts'

type DiscoveryEvent = Pick<PoolEvent, 'kind' | 'poolId' | 'reason'>

interface Change {
  readonly snapshot: TenantSnapshot
  readonly before: TenantSnapshot | undefined
  /** Now, and those that were told of before. */
  readonly absentees: readonly Absentee[]
  readonly told: readonly Absentee[]
}

/** What is to be told of a tenant whose endpoints were found: who came and went, and whom nothing is sent to. */
export function findDiscoveryEvents({ snapshot, before, absentees, told }: Change): readonly DiscoveryEvent[] {
  const known = new Set(told.map(keyOf))
  return [...findMoves(snapshot, before), ...absentees.filter((absentee) => !known.has(keyOf(absentee))).map(describe)]
}

function findMoves(snapshot: TenantSnapshot, before: TenantSnapshot | undefined): readonly DiscoveryEvent[] {
  const poolsBefore = new Map(before?.pools.map((pool) => [pool.id, pool]))
  return snapshot.pools.flatMap((pool) => {
    const earlier = poolsBefore.get(pool.id)
    if (earlier === undefined) return []
    const had = foundUrls(earlier)
    const has = foundUrls(pool)
    const joined = [...has].filter((url) => !had.has(url))
    const left = [...had].filter((url) => !has.has(url))
    if (joined.length === 0 && left.length === 0) return []
    const parts = [list('joined', joined), list('left', left)].filter((part) => part !== '')
    return { kind: 'endpoints_changed', poolId: pool.id, reason: parts.join('; ') } as const
  })
}

/** Those that the configuration names itself are its own change. */
function foundUrls({ endpoints }: PoolSnapshot): ReadonlySet<string> {
  return new Set(endpoints.filter(({ source }) => source !== undefined).map(({ url }) => url))
}

const mostListed = 10

function list(verb: string, urls: readonly string[]): string {
  if (urls.length === 0) return ''
  const more = urls.length > mostListed ? ` and ${urls.length - mostListed} more` : ''
  return `${urls.slice(0, mostListed).join(', ')}${more} ${verb}`
}

function describe({ poolId, url, source, state, reason }: Absentee): DiscoveryEvent {
  const of = source === undefined || source === url ? '' : ` of ${source}`
  return {
    kind: state === 'refused' ? 'endpoint_refused' : 'endpoint_unresolved',
    poolId,
    reason: `${url}${of}: ${reason}`,
  }
}

function keyOf({ poolId, url, state }: Absentee): string {
  return `${poolId} ${state} ${url}`
}
