import { sharedOwner } from '../kit/field/pool-reference.ts'
import type { PlacedTenant } from '../snapshot/tenant-snapshot.ts'
import type { TenantRuntime } from './tenant-runtime.ts'

/** A tenant in force on one data thread. */
export interface TenantEntry {
  readonly placed: PlacedTenant
  /** Built when the tenant is first asked for: most threads serve few of many tenants. */
  runtime: TenantRuntime | undefined
}

/** The tenants in force on one data thread, by id and by host name. */
export class TenantTable {
  readonly #byId = new Map<number, TenantEntry>()
  readonly #byHost = new Map<string, TenantEntry>()
  /** Wildcards by their suffix: `*.acme.test` as `.acme.test`. */
  readonly #bySuffix = new Map<string, TenantEntry>()

  /** The owner of pools that others share. */
  shared: TenantEntry | undefined = undefined

  readonly #build: (placed: PlacedTenant) => TenantRuntime

  constructor(build: (placed: PlacedTenant) => TenantRuntime) {
    this.#build = build
  }

  /** The tenant that a request for that host is for, ready to serve. Throws what building it throws, which is a defect. */
  find(host: string): TenantRuntime | undefined {
    const entry = this.#byHost.get(host) ?? this.#findWildcard(host)
    return entry === undefined ? undefined : (entry.runtime ??= this.#build(entry.placed))
  }

  get(tenantId: number): TenantEntry | undefined {
    return this.#byId.get(tenantId)
  }

  /** Takes the runtimes of those that share pools away; each is built anew when it is asked for next. */
  takeSharers(): TenantRuntime[] {
    const taken: TenantRuntime[] = []
    for (const entry of this.#byId.values()) {
      if (entry.runtime?.usesShared !== true) continue
      taken.push(entry.runtime)
      entry.runtime = undefined
    }
    return taken
  }

  /** Swaps one tenant in; returns the entry that it replaces. */
  put(entry: TenantEntry): TenantEntry | undefined {
    const { id, hosts } = entry.placed.sealed
    const previous = this.remove(id)
    this.#byId.set(id, entry)
    if (entry.placed.sealed.name === sharedOwner) this.shared = entry
    for (const host of hosts) this.#hostsOf(host).set(keyOf(host), entry)
    return previous
  }

  remove(tenantId: number): TenantEntry | undefined {
    const entry = this.#byId.get(tenantId)
    if (entry === undefined) return undefined
    this.#byId.delete(tenantId)
    if (this.shared === entry) this.shared = undefined
    for (const host of entry.placed.sealed.hosts) {
      const hosts = this.#hostsOf(host)
      // Within one change a name may have moved to a tenant that was put before this one goes.
      if (hosts.get(keyOf(host)) === entry) hosts.delete(keyOf(host))
    }
    return entry
  }

  /** RFC 6125 style: the exact name, then the longest wildcard; a `*` stands for one label or more. */
  #findWildcard(host: string): TenantEntry | undefined {
    if (this.#bySuffix.size === 0) return undefined
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const entry = this.#bySuffix.get(host.slice(dot))
      if (entry !== undefined) return entry
    }
    return undefined
  }

  #hostsOf(host: string): Map<string, TenantEntry> {
    return host.startsWith('*.') ? this.#bySuffix : this.#byHost
  }
}

function keyOf(host: string): string {
  return host.startsWith('*.') ? host.slice(1) : host
}
