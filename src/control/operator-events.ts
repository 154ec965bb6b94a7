import type { Clock } from '../kit/clock.ts'
import type { PoolEvent, PoolEventKind } from '../slab/pool-event.ts'
import { openWeight } from '../snapshot/open-weight.ts'
import type { EndpointSnapshot, PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { TenantWatcher } from './configuration.ts'

export interface OperatorEventsParts {
  readonly clock: Clock
  readonly tell: (event: PoolEvent) => void
}

/** Says in the events when an operator takes an endpoint out or puts it back: they explain what checks and traffic do not. */
export function createOperatorEvents({ clock, tell }: OperatorEventsParts): TenantWatcher {
  return {
    update: (_placed, snapshot, before) => {
      if (before === undefined) return
      for (const { pool, endpoint, kind, reason } of findMoves(before, snapshot)) {
        tell({
          timeMs: clock.wallMs(),
          kind,
          tenantId: snapshot.id,
          poolId: pool.id,
          endpointId: endpoint.id,
          reason: `by a change: ${reason}`,
        })
      }
    },
    remove: () => {},
  }
}

interface Move {
  readonly pool: PoolSnapshot
  readonly endpoint: EndpointSnapshot
  readonly kind: PoolEventKind
  readonly reason: string
}

function findMoves(before: TenantSnapshot, after: TenantSnapshot): readonly Move[] {
  const known = new Map(before.pools.flatMap(({ endpoints }) => endpoints.map((endpoint) => [endpoint.id, endpoint])))
  return after.pools.flatMap((pool) =>
    pool.endpoints.flatMap((endpoint) => {
      const old = known.get(endpoint.id)
      const kind = kindOf(endpoint)
      return old === undefined || kindOf(old) === kind ? [] : [{ pool, endpoint, kind, reason: reasonOf(endpoint) }]
    }),
  )
}

/** Weight 0 drains as the state does. */
function kindOf(endpoint: EndpointSnapshot): PoolEventKind {
  if (endpoint.state === 'disabled') return 'endpoint_disabled'
  return openWeight(endpoint) === 0 ? 'endpoint_drained' : 'endpoint_enabled'
}

function reasonOf({ state, weight }: EndpointSnapshot): string {
  return state === 'enabled' ? `weight ${weight}` : `state ${state}`
}
