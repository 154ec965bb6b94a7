import type { Clock } from '../kit/clock.ts'
import { splitEndpointUrl } from '../kit/field/endpoint-url.ts'
import type { Resolver } from '../outbound/resolver.ts'
import type { PoolEvent } from '../slab/pool-event.ts'
import { expandTenant } from '../snapshot/expand-tenant.ts'
import type { Absentee, EndpointFinder, Known, ServiceRecord } from '../snapshot/expand-tenant.ts'
import type { EndpointSnapshot, PlacedTenant, PoolSnapshot, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { TenantWatcher } from './configuration.ts'
import { DiscoveredIds } from './discovered-ids.ts'
import { findDiscoveryEvents } from './discovery-events.ts'
import { commandKey, EndpointCommands } from './endpoint-commands.ts'
import { EndpointFiles } from './endpoint-files.ts'
import { findAddresses, findServices } from './find-names.ts'
import type { Obstacles } from './obstacles.ts'
import { Sources } from './sources.ts'
import type { Move, Source } from './sources.ts'

export interface DiscoveryParts {
  readonly clock: Clock
  readonly resolver: Resolver
  readonly obstacles: Obstacles
  /** The setting `allow-exec`. */
  readonly mayExec: () => boolean
  readonly tell: (event: PoolEvent) => void
  /** Endpoints of these tenants may be others by now. */
  readonly onMove: (tenantIds: readonly number[]) => void
  /** Addresses may be judged otherwise by now, whoever has them. */
  readonly onJudgeAnew: () => void
}

/** How a source of a pool's endpoints stands. */
export interface SourceStatus {
  /** As the configuration says it: `http://web.internal:8080`, `from-file`. */
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

/** How late a look may be. */
const lookMs = 50
/** How often the machine's own addresses are looked at. */
const judgeMs = 2_000

/**
 * Finds out where endpoints are whose address the configuration does not say: names and services by their time to live in DNS, files
 * when they change, commands at intervals. What was found last stays while a source fails.
 */
export class Discovery implements TenantWatcher {
  readonly #parts: DiscoveryParts
  readonly #files: EndpointFiles
  readonly #commands: EndpointCommands
  readonly #names: Sources<string>
  readonly #services: Sources<ServiceRecord>
  readonly #fileLists: Sources<EndpointSnapshot>
  readonly #commandLists: Sources<EndpointSnapshot>
  readonly #ids = new DiscoveredIds()
  /** Of each tenant that has any, as it was expanded last. */
  readonly #absentees = new Map<number, readonly Absentee[]>()
  readonly #told = new Map<number, readonly Absentee[]>()
  readonly #uses = new Map<number, Uses>()
  readonly #moved = new Set<number>()
  #timers: readonly NodeJS.Timeout[] = []

  constructor(parts: DiscoveryParts) {
    this.#parts = parts
    const { clock, resolver, mayExec } = parts
    const retries = { firstRetryMs: 1_000, longestRetryMs: 30_000 }
    this.#files = new EndpointFiles((path) => this.#fileLists.hurry(path))
    this.#commands = new EndpointCommands(mayExec)
    this.#names = new Sources<string>({
      clock,
      find: (name, last) => findAddresses(resolver, name, last),
      onMove: this.#onMove,
      mostRunning: 256,
      ...retries,
    })
    this.#services = new Sources<ServiceRecord>({
      clock,
      find: (name) => findServices(resolver, name),
      onMove: this.#onMove,
      mostRunning: 256,
      ...retries,
    })
    this.#fileLists = new Sources<EndpointSnapshot>({
      clock,
      find: (path) => this.#files.find(path),
      onMove: this.#onMove,
      onDrop: (path) => this.#files.drop(path),
      mostRunning: 16,
      firstRetryMs: 250,
      longestRetryMs: 2_000,
    })
    this.#commandLists = new Sources<EndpointSnapshot>({
      clock,
      find: (key) => this.#commands.find(key),
      onMove: this.#onMove,
      mostRunning: 8,
      ...retries,
    })
  }

  get #all() {
    return [this.#names, this.#services, this.#fileLists, this.#commandLists] as const
  }

  start(): void {
    this.#timers = [
      setInterval(() => {
        for (const sources of this.#all) sources.look()
      }, lookMs),
      setInterval(() => this.judgeAnew(), judgeMs),
    ]
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
    for (const sources of this.#all) sources.close()
    this.#commands.close()
    this.#parts.resolver.close()
  }

  /** Sources that are looked at. */
  get size(): number {
    return this.#all.reduce((sum, { size }) => sum + size, 0)
  }

  /**
   * What the tenant's endpoints are by now. Not ready: something is looked up for the first time, and `onMove` follows when it is found,
   * or was waited for long enough.
   */
  expand(declared: TenantSnapshot): { readonly snapshot: TenantSnapshot; readonly isReady: boolean } {
    const uses = createUses()
    const { snapshot, absentees } = expandTenant(declared, this.#createFinder(declared, uses))
    this.#uses.set(declared.id, uses)
    this.#absentees.set(declared.id, absentees)
    return { snapshot, isReady: uses.isReady }
  }

  /** It has these endpoints from now on. */
  update(_placed: PlacedTenant, snapshot: TenantSnapshot, before: TenantSnapshot | undefined): void {
    const { id } = snapshot
    this.#keep(id, this.#uses.get(id) ?? createUses())
    this.#ids.keep(id, new Set(snapshot.pools.flatMap(({ endpoints }) => endpoints.map((endpoint) => endpoint.id))))
    const absentees = this.#absentees.get(id) ?? []
    const told = this.#told.get(id) ?? []
    const timeMs = this.#parts.clock.wallMs()
    for (const event of findDiscoveryEvents({ snapshot, before, absentees, told })) {
      this.#parts.tell({ timeMs, tenantId: id, endpointId: 0, ...event })
    }
    if (absentees.length === 0) this.#told.delete(id)
    else this.#told.set(id, absentees)
  }

  remove(tenantId: number): void {
    this.#keep(tenantId, createUses())
    this.#ids.keep(tenantId, new Set())
    this.#absentees.delete(tenantId)
    this.#told.delete(tenantId)
    this.#uses.delete(tenantId)
  }

  /** Settings, listeners or interfaces may have changed. */
  judgeAnew(): void {
    if (this.#parts.obstacles.refresh()) this.#parts.onJudgeAnew()
  }

  /** Name servers or what may be run have changed: nobody waits for the next look. */
  hurry(): void {
    for (const sources of this.#all) sources.hurry()
  }

  /** Of a pool as the configuration has it. */
  report(declared: TenantSnapshot, pool: PoolSnapshot): { sources: SourceStatus[]; absentees: readonly Absentee[] } {
    const absentees = (this.#absentees.get(declared.id) ?? []).filter(({ poolId }) => poolId === pool.id)
    const uses = createUses()
    expandTenant({ ...declared, pools: [pool] }, this.#createFinder(declared, uses))
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
    const ask = <Value>(sources: Sources<Value>, key: string, sought = key): Known<Value> => {
      const source = sources.ask(key, id)
      uses.keys.add(key)
      uses.seen.set(sought, source)
      if (!source.isSettled) uses.isReady = false
      return { values: source.values, reason: source.failure === '' ? 'it has no hosts' : source.failure }
    }
    return {
      findAddresses: (host) => ask(this.#names, host),
      findServices: (service) => ask(this.#services, service),
      findFromFile: ({ fromFile = '' }) => ask(this.#fileLists, fromFile),
      findFromExec: (pool) => ask(this.#commandLists, commandKey(name, pool), pool.fromExec),
      findObstacle: (address, port) => obstacles.find(address, port),
      identify: (poolId, url) => this.#ids.take(id, poolId, url),
    }
  }

  #keep(tenantId: number, { keys }: Uses): void {
    for (const sources of this.#all) sources.keep(tenantId, keys)
  }

  /** Moves that come together are one. */
  readonly #onMove = (source: Source<unknown>, move: Move, users: ReadonlySet<number>): void => {
    if (move !== 'changed' && source.values !== undefined) this.#tellMove(source, move, users)
    if (this.#moved.size === 0) {
      setImmediate(() => {
        const moved = [...this.#moved]
        this.#moved.clear()
        this.#parts.onMove(moved)
      })
    }
    for (const user of users) this.#moved.add(user)
  }

  #tellMove({ key, failure }: Source<unknown>, move: Move, users: ReadonlySet<number>): void {
    const { clock, tell } = this.#parts
    const kind = move === 'failed' ? 'lookup_failed' : 'lookup_recovered'
    const sought = key.startsWith('[') ? (JSON.parse(key) as string[])[2] : key
    const reason = move === 'failed' ? `${sought}: ${failure}; its last good answer stays` : `${sought} is found again`
    for (const tenantId of users) tell({ timeMs: clock.wallMs(), kind, tenantId, poolId: 0, endpointId: 0, reason })
  }
}

/** What a tenant's endpoints come from. */
interface Uses {
  readonly keys: Set<string>
  /** By what is looked for. */
  readonly seen: Map<string, Source<unknown>>
  isReady: boolean
}

function createUses(): Uses {
  return { keys: new Set(), seen: new Map(), isReady: true }
}

function nameSource(sought: string, { fromFile, fromExec, endpoints }: PoolSnapshot): string {
  if (sought === fromFile) return 'from-file'
  if (sought === fromExec) return 'from-exec'
  return endpoints.find(({ url }) => splitEndpointUrl(url).host === sought)?.url ?? ''
}
