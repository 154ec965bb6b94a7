import { splitEndpointUrl } from '../kit/field/endpoint-url.ts'
import type { PoolEvent } from '../slab/pool-event.ts'
import { expandTenant } from '../snapshot/expand-tenant.ts'
import type { Absentee, EndpointFinder, Known } from '../snapshot/expand-tenant.ts'
import type { PoolSnapshot } from '../snapshot/pool-snapshot.ts'
import type { PlacedTenant, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { TenantWatcher } from './configuration.ts'
import { DiscoveredIds } from './discovered-ids.ts'
import { findDiscoveryEvents } from './discovery-events.ts'
import { commandKey, describeKey } from './endpoint-commands.ts'
import { EndpointSources } from './endpoint-sources.ts'
import type { EndpointSourcesParts } from './endpoint-sources.ts'
import type { Obstacles } from './obstacles.ts'
import type { Move, Source, Sources } from './sources.ts'

export interface DiscoveryParts extends Omit<EndpointSourcesParts, 'onMove'> {
  readonly obstacles: Obstacles
  readonly tell: (event: PoolEvent) => void
  /** Endpoints of these tenants may be others by now. */
  readonly onMove: (tenantIds: readonly number[]) => void
  /** Addresses may be judged otherwise by now, whoever has them. */
  readonly onJudgeAnew: () => void
}

/** How a source of a pool's endpoints stands. */
export interface SourceStatus {
  /** As the configuration says it: `http://web.internal:8080`, `from-file`; empty: another source has brought it. */
  readonly source: string
  /** What is looked for: a name, a service, a path, a command. */
  readonly sought: string
  /** Addresses, hosts or endpoints of the last good answer; undefined: there was none. */
  readonly found: number | undefined
  /** Why the last look has come to nothing; empty: it has not. */
  readonly failure: string
  /** 0: not yet. */
  readonly lookedMs: number
  readonly dueInMs: number
}

/** How often the machine's own addresses are looked at. */
const judgeMs = 2_000

/**
 * Finds out where endpoints are whose address the configuration does not say: names and services by their time to live in DNS, files
 * when they change, commands at intervals. What was found last stays while a source fails.
 */
export class Discovery implements TenantWatcher {
  readonly #parts: DiscoveryParts
  readonly #sources: EndpointSources
  readonly #ids = new DiscoveredIds()
  /** What each tenant's endpoints come from, and those that nothing is sent to, as it was expanded last. */
  readonly #uses = new Map<number, Uses>()
  readonly #told = new Map<number, readonly Absentee[]>()
  readonly #moved = new Set<number>()
  #timer: NodeJS.Timeout | undefined

  constructor(parts: DiscoveryParts) {
    this.#parts = parts
    this.#sources = new EndpointSources({ ...parts, onMove: this.#onMove })
  }

  start(): void {
    this.#sources.start()
    this.#timer = setInterval(() => this.judgeAnew(), judgeMs)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#sources.close()
  }

  /** Sources that are looked at. */
  get size(): number {
    return this.#sources.size
  }

  /**
   * What the tenant's endpoints are by now. Not ready: something is looked up for the first time, and `onMove` follows when it is found,
   * or was waited for long enough.
   */
  expand(declared: TenantSnapshot): { readonly snapshot: TenantSnapshot; readonly isReady: boolean } {
    const uses = createUses()
    const { snapshot, absentees } = expandTenant(declared, this.#createFinder(declared, uses))
    uses.absentees = absentees
    this.#uses.set(declared.id, uses)
    return { snapshot, isReady: uses.isReady }
  }

  /** It has these endpoints from now on. */
  update(_placed: PlacedTenant, snapshot: TenantSnapshot, before: TenantSnapshot | undefined): void {
    const { id } = snapshot
    const { keys, absentees } = this.#uses.get(id) ?? createUses()
    this.#sources.keep(id, keys)
    this.#ids.keep(id, new Set(snapshot.pools.flatMap(({ endpoints }) => endpoints.map((endpoint) => endpoint.id))))
    const told = this.#told.get(id) ?? []
    const timeMs = this.#parts.clock.wallMs()
    for (const event of findDiscoveryEvents({ snapshot, before, absentees, told })) {
      this.#parts.tell({ timeMs, tenantId: id, endpointId: 0, ...event })
    }
    if (absentees.length === 0) this.#told.delete(id)
    else this.#told.set(id, absentees)
  }

  remove(tenantId: number): void {
    this.#sources.keep(tenantId, new Set())
    this.#ids.keep(tenantId, new Set())
    this.#told.delete(tenantId)
    this.#uses.delete(tenantId)
  }

  /** Settings, listeners or interfaces may have changed. */
  judgeAnew(): void {
    if (this.#parts.obstacles.refresh()) this.#parts.onJudgeAnew()
  }

  /** Settings have changed by which something else may be found. */
  hurry(): void {
    this.#sources.hurry()
  }

  /** Endpoints of a tenant that nothing is sent to, as it was expanded last. */
  listAbsentees(tenantId: number): readonly Absentee[] {
    return this.#uses.get(tenantId)?.absentees ?? []
  }

  /** Of a pool as the configuration has it. */
  report(declared: TenantSnapshot, pool: PoolSnapshot): { sources: SourceStatus[]; absentees: readonly Absentee[] } {
    const uses = createUses()
    const { absentees } = expandTenant({ ...declared, pools: [pool] }, this.#createFinder(declared, uses))
    const nowUs = this.#parts.clock.monotonicUs()
    const sources = [...uses.seen].map(([sought, { values, failure, lookedMs, dueUs }]) => ({
      source: nameSource(sought, pool),
      sought,
      found: values?.length,
      failure,
      lookedMs,
      dueInMs: Math.max(0, Math.round((dueUs - nowUs) / 1_000)),
    }))
    return { sources, absentees }
  }

  #createFinder({ id, name }: TenantSnapshot, uses: Uses): EndpointFinder {
    const { obstacles } = this.#parts
    const { names, services, files, commands } = this.#sources
    const ask = <Value>(sources: Sources<Value>, key: string, sought = key): Known<Value> => {
      const source = sources.ask(key, id)
      uses.keys.add(key)
      uses.seen.set(sought, source)
      if (!source.isSettled) uses.isReady = false
      return { values: source.values, reason: source.failure === '' ? 'it has no hosts' : source.failure }
    }
    return {
      findAddresses: (host) => ask(names, host),
      findServices: (service) => ask(services, service),
      findFromFile: ({ fromFile = '' }) => {
        const { values, reason } = ask(files, fromFile)
        return { values, reason: `${fromFile}: ${reason}` }
      },
      findFromExec: (pool) => ask(commands, commandKey(name, pool), pool.fromExec),
      findObstacle: (address, port) => obstacles.find(address, port),
      identify: (poolId, url) => this.#ids.take(id, poolId, url),
    }
  }

  /** Moves that come together are one. */
  readonly #onMove = (source: Source<unknown>, move: Move, users: ReadonlySet<number>): void => {
    if (move !== 'changed' && source.values !== undefined) this.#tellMove(source, move, users)
    if (this.#moved.size === 0) setImmediate(() => this.#flushMoves())
    for (const user of users) this.#moved.add(user)
  }

  #flushMoves(): void {
    const moved = [...this.#moved]
    this.#moved.clear()
    this.#parts.onMove(moved)
  }

  #tellMove({ key, failure }: Source<unknown>, move: Move, users: ReadonlySet<number>): void {
    const { clock, tell } = this.#parts
    const kind = move === 'failed' ? 'lookup_failed' : 'lookup_recovered'
    const what = describeKey(key)
    const reason = move === 'failed' ? `${what}: ${failure}; its last good answer stays` : `${what} is found again`
    for (const tenantId of users) tell({ timeMs: clock.wallMs(), kind, tenantId, poolId: 0, endpointId: 0, reason })
  }
}

/** What a tenant's endpoints come from. */
interface Uses {
  readonly keys: Set<string>
  /** By what is looked for. */
  readonly seen: Map<string, Source<unknown>>
  isReady: boolean
  absentees: readonly Absentee[]
}

function createUses(): Uses {
  return { keys: new Set(), seen: new Map(), isReady: true, absentees: [] }
}

function nameSource(sought: string, { fromFile, fromExec, endpoints }: PoolSnapshot): string {
  if (sought === fromFile) return 'from-file'
  if (sought === fromExec) return 'from-exec'
  return endpoints.find(({ url }) => splitEndpointUrl(url).host === sought)?.url ?? ''
}
