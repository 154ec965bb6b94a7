import type { Log } from '../kit/log.ts'
import type { PoolEvent } from '../slab/pool-event.ts'
import { openTenant } from '../snapshot/sealed-tenant.ts'
import type { Configuration } from './configuration.ts'

/** A pool event with names in place of ids, as commands show it. */
export interface NamedEvent {
  /** Grows by one with each event of this server. */
  readonly id: number
  readonly timeMs: number
  readonly kind: PoolEvent['kind']
  readonly tenant: string
  /** Undefined: the tenant as a whole. */
  readonly pool: string | undefined
  /** Undefined: the pool as a whole. */
  readonly endpoint: string | undefined
  readonly reason: string
}

export interface EventQuery {
  readonly afterId: number
  readonly tenant: string | undefined
}

/** Older ones are in the log alone. */
const mostKept = 10_000

/** What has happened to pools since the server started: each in the log, the newest kept for whoever asks. */
export class EventLog {
  readonly #configuration: Configuration
  readonly #log: Log
  readonly #kept: NamedEvent[] = []
  #lastId = 0

  constructor(configuration: Configuration, log: Log) {
    this.#configuration = configuration
    this.#log = log
  }

  note(event: PoolEvent): void {
    const names = this.#findNames(event)
    // Of a pool that is gone by now nobody wants to hear.
    if (names === undefined) return
    this.#lastId += 1
    const named = { id: this.#lastId, timeMs: event.timeMs, kind: event.kind, ...names, reason: event.reason }
    this.#kept.push(named)
    if (this.#kept.length > mostKept) this.#kept.splice(0, mostKept / 10)
    const { tenant, pool, endpoint, reason } = named
    this.#log.warn({ code: event.kind, tenant, pool, endpoint, reason }, `${renderOwner(named)}: ${reason}`)
  }

  /** The oldest first. */
  list({ afterId, tenant }: EventQuery): readonly NamedEvent[] {
    return this.#kept.filter((event) => event.id > afterId && (tenant === undefined || event.tenant === tenant))
  }

  #findNames({ tenantId, poolId, endpointId }: PoolEvent) {
    const placed = this.#configuration.placed.get(tenantId)
    if (placed === undefined) {
      const quarantine = this.#configuration.quarantines.get(tenantId)
      return quarantine && { tenant: quarantine.tenant, pool: undefined, endpoint: undefined }
    }
    const { name, pools } = openTenant(placed.sealed)
    if (poolId === 0) return { tenant: name, pool: undefined, endpoint: undefined }
    const pool = pools.find(({ id }) => id === poolId)
    const endpoint = pool?.endpoints.find(({ id }) => id === endpointId)?.url
    if (pool === undefined || (endpointId !== 0 && endpoint === undefined)) return undefined
    return { tenant: name, pool: pool.name, endpoint }
  }
}

function renderOwner({ tenant, pool, endpoint }: Pick<NamedEvent, 'tenant' | 'pool' | 'endpoint'>): string {
  if (pool === undefined) return `tenant ${tenant}`
  return endpoint === undefined ? `pool ${tenant}/${pool}` : `endpoint ${endpoint} of ${tenant}/${pool}`
}
