import { UserError } from '../kit/user-error.ts'
import { isSameTenant, openTenant, sealTenant } from '../snapshot/sealed-tenant.ts'
import type { SealedTenant } from '../snapshot/sealed-tenant.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { PlacedTenant, Problem, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import { refuseTakenHosts } from './hosts.ts'
import type { TenantKeeper } from './kept-tenants.ts'
import { hostTaken, noSlotLeft } from './placing-problems.ts'
import { placeTenant, retireSlots } from './placement.ts'
import type { Places } from './placement.ts'

/** A tenant as it was read, compiled or not. */
export interface ReadTenant {
  readonly id: number
  readonly name: string
  readonly revision: number
  readonly compiled: { readonly sealed: SealedTenant } | { readonly problems: readonly Problem[] }
}

/** A tenant whose rows do not hold; what it had before goes on. */
export interface Quarantine {
  readonly tenantId: number
  readonly tenant: string
  readonly revision: number
  readonly problems: readonly Problem[]
  /** It compiles and only lacks what others hold, host names or slots, so that it may come into force later. */
  readonly candidate: SealedTenant | undefined
}

/** What the threads have to be told. */
export interface Change {
  readonly global: GlobalSnapshot | undefined
  readonly tenants: readonly PlacedTenant[]
  readonly removedTenantIds: readonly number[]
}

/** Who looks after something of tenants on the main thread. */
export interface TenantWatcher {
  /** The tenant has this configuration from now on, and had that one before. */
  update(placed: PlacedTenant, snapshot: TenantSnapshot, before: TenantSnapshot | undefined): void
  remove(tenantId: number): void
}

/** Who finds the addresses of endpoints that the configuration does not say. */
export interface EndpointDiscovery {
  expand(declared: TenantSnapshot): { readonly snapshot: TenantSnapshot; readonly isReady: boolean }
}

export interface ConfigurationParts {
  readonly places: Places
  /** Told before any thread is. */
  readonly watchers?: readonly TenantWatcher[]
  /** Without one a quarantined tenant that was not in force before has nothing. */
  readonly keeper?: TenantKeeper
  /** Without one endpoints are taken as they are written. */
  readonly discovery?: EndpointDiscovery
}

const noDiscovery: EndpointDiscovery = { expand: (snapshot) => ({ snapshot, isReady: true }) }

/** Everything that is in force: one placed snapshot per tenant, and the tenants that are quarantined. */
export class Configuration {
  readonly placed = new Map<number, PlacedTenant>()
  readonly quarantines = new Map<number, Quarantine>()
  /** What compiles, and comes into force as soon as its endpoints are found. */
  readonly #waiting = new Map<number, SealedTenant>()
  /** What is in force as the configuration has it, before its endpoints were found. */
  readonly #declared = new Map<number, SealedTenant>()
  readonly #holders = new Map<string, number>()
  readonly #places: Places
  readonly #keeper: TenantKeeper | undefined
  readonly #watchers: readonly TenantWatcher[]
  readonly #discovery: EndpointDiscovery

  constructor({ places, watchers = [], keeper, discovery = noDiscovery }: ConfigurationParts) {
    this.#places = places
    this.#keeper = keeper
    this.#watchers = watchers
    this.#discovery = discovery
  }

  /** Number of tenants, those included that were never in force: quarantined, or waiting for their endpoints. */
  get size(): number {
    return new Set([...this.placed.keys(), ...this.quarantines.keys(), ...this.#waiting.keys()]).size
  }

  /** The revision in force for a tenant; undefined when it never had one. */
  keptRevision(tenantId: number): number | undefined {
    return this.placed.get(tenantId)?.sealed.revision
  }

  /** Its endpoints are still to be found, for something that was read of it. */
  isWaiting(tenant: string): boolean {
    return [...this.#waiting.values()].some(({ name }) => name === tenant)
  }

  /** Somebody's endpoints are still to be found. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0
  }

  /** A tenant in force, with names where its endpoints have such. */
  findDeclared(tenantId: number): TenantSnapshot | undefined {
    const sealed = this.#declared.get(tenantId)
    return sealed && openTenant(sealed)
  }

  findPlaced(tenant: string): PlacedTenant | undefined {
    return [...this.placed.values()].find(({ sealed }) => sealed.name === tenant)
  }

  findQuarantine(tenant: string): Quarantine | undefined {
    return [...this.quarantines.values()].find((quarantine) => quarantine.tenant === tenant)
  }

  /** Brings what was read into force as far as it holds, and returns what that changes. */
  absorb(read: readonly ReadTenant[], removedTenantIds: readonly number[]): Omit<Change, 'global'> {
    for (const id of removedTenantIds) this.#remove(id)
    return { tenants: this.#admit(this.#collectCandidates(read), read), removedTenantIds }
  }

  #admit(candidates: Map<number, SealedTenant>, read: readonly ReadTenant[]): PlacedTenant[] {
    this.#holdBack(candidates)
    for (const [id, hosts] of refuseTakenHosts(this.#holders, candidates)) {
      const candidate = candidates.get(id)
      candidates.delete(id)
      if (candidate !== undefined) this.#quarantine(candidate, hosts.map(hostTaken), candidate)
    }
    const tenants = [...candidates.values()]
      .map((sealed) => this.#place(sealed))
      .filter((placed) => placed !== undefined)
    for (const placed of tenants) {
      this.#endQuarantine(placed.sealed.id)
      this.#hold(placed)
    }
    return [...tenants, ...this.#restore(read)]
  }

  /** Endpoints of these tenants may be others by now; returns those that that changes. */
  refresh(tenantIds: readonly number[]): PlacedTenant[] {
    const candidates = this.#collectCandidates([])
    for (const id of tenantIds) {
      const waiting = this.#waiting.get(id)
      if (waiting !== undefined) candidates.set(id, waiting)
    }
    const admitted = this.#admit(candidates, [])
    const moved = tenantIds
      .filter((id) => !candidates.has(id) && !this.#waiting.has(id))
      .map((id) => this.#declared.get(id))
      .filter((sealed) => sealed !== undefined)
      .map((sealed) => this.#expandAgain(sealed))
      .filter((placed) => placed !== undefined)
    return [...admitted, ...moved]
  }

  #expandAgain(declared: SealedTenant): PlacedTenant | undefined {
    const { snapshot, isReady } = this.#discovery.expand(openTenant(declared))
    const before = this.placed.get(declared.id)?.sealed
    // What leads to names that are new waits until those are found; then it is looked at again.
    if (!isReady || before === undefined || isSameTenant(sealTenant(snapshot), before)) return undefined
    return this.#place(declared)
  }

  /** Whose endpoints are not found yet waits, so that nothing comes into force that would serve nobody. */
  #holdBack(candidates: Map<number, SealedTenant>): void {
    for (const [id, sealed] of candidates) {
      if (sealed.hasSources && !this.#discovery.expand(openTenant(sealed)).isReady) {
        this.#waiting.set(id, sealed)
        candidates.delete(id)
      } else this.#waiting.delete(id)
    }
  }

  /** Those that were read broken and are not in force: what they had before the server ended, unless others hold its names by now. */
  #restore(read: readonly ReadTenant[]): PlacedTenant[] {
    return read.flatMap(({ id }) => {
      const quarantine = this.quarantines.get(id)
      if (quarantine === undefined || this.placed.has(id)) return []
      const kept = this.#keeper?.load(id)
      if (kept === undefined || kept.hosts.some((host) => this.#holders.has(host))) return []
      const placed = this.#place(kept)
      if (placed !== undefined) this.#hold(placed)
      // Also where it has found no slot: what is wrong with its rows comes first.
      this.quarantines.set(id, quarantine)
      return placed ?? []
    })
  }

  #hold({ sealed }: PlacedTenant): void {
    for (const host of sealed.hosts) this.#holders.set(host, sealed.id)
  }

  /** What compiles of what was read, and whoever waits for something that may have become free. */
  #collectCandidates(read: readonly ReadTenant[]): Map<number, SealedTenant> {
    const candidates = new Map<number, SealedTenant>()
    for (const { tenantId, candidate } of this.quarantines.values()) {
      if (candidate !== undefined) candidates.set(tenantId, candidate)
    }
    for (const tenant of read) {
      candidates.delete(tenant.id)
      this.#waiting.delete(tenant.id)
      if ('problems' in tenant.compiled) this.#quarantine(tenant, tenant.compiled.problems, undefined)
      else if (this.#isInForce(tenant.compiled.sealed)) this.#endQuarantine(tenant.id)
      else candidates.set(tenant.id, tenant.compiled.sealed)
    }
    return candidates
  }

  /** A forced re-read finds most tenants as they are; the threads need not hear of those. */
  #isInForce(sealed: SealedTenant): boolean {
    const before = this.#declared.get(sealed.id)
    return before !== undefined && isSameTenant(before, sealed)
  }

  /** Opens the tenant once for all who must know what is in it: that takes longer than what they do. */
  #place(sealed: SealedTenant): PlacedTenant | undefined {
    const declared = openTenant(sealed)
    const { snapshot } = this.#discovery.expand(declared)
    const placedBefore = this.placed.get(sealed.id)
    const before = placedBefore && openTenant(placedBefore.sealed)
    try {
      const inForce = snapshot === declared ? sealed : sealTenant(snapshot)
      const placed = { sealed: inForce, slots: placeTenant(snapshot, this.#places) }
      if (before !== undefined) this.#release(before, snapshot)
      this.placed.set(sealed.id, placed)
      this.#declared.set(sealed.id, sealed)
      for (const watcher of this.#watchers) watcher.update(placed, snapshot, before)
      return placed
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      retireSlots(snapshot, before, this.#places.allocator)
      this.#quarantine(sealed, [noSlotLeft(sealed, error)], sealed)
      return undefined
    }
  }

  #remove(id: number): void {
    const before = this.placed.get(id)?.sealed
    if (before !== undefined) this.#release(openTenant(before), undefined)
    for (const watcher of this.#watchers) watcher.remove(id)
    this.placed.delete(id)
    this.#declared.delete(id)
    this.#waiting.delete(id)
    this.#endQuarantine(id)
  }

  /** Gives back what a tenant held before and does not hold after. */
  #release(before: TenantSnapshot, after: TenantSnapshot | undefined): void {
    retireSlots(before, after, this.#places.allocator)
    for (const host of before.hosts) if (this.#holders.get(host) === before.id) this.#holders.delete(host)
  }

  #endQuarantine(id: number): void {
    this.quarantines.delete(id)
    this.#keeper?.forget(id)
  }

  #quarantine(
    { id, name, revision }: Pick<SealedTenant, 'id' | 'name' | 'revision'>,
    problems: readonly Problem[],
    candidate: SealedTenant | undefined,
  ): void {
    this.quarantines.set(id, { tenantId: id, tenant: name, revision, problems, candidate })
    const kept = this.#declared.get(id)
    if (kept !== undefined) this.#keeper?.save(kept)
  }
}
