import type { Clock } from '../kit/clock.ts'
import { renderDuration } from '../kit/units.ts'
import { breakerState, readBreaker, setBreaker } from '../slab/breakers.ts'
import { hinder, hindrance, unhinder } from '../slab/hindrances.ts'
import { readOutcomes } from '../slab/outcomes.ts'
import type { Outcomes } from '../slab/outcomes.ts'
import type { PoolEvent } from '../slab/pool-event.ts'
import type { Slab } from '../slab/slab.ts'
import type { BreakerSnapshot } from '../snapshot/pool-snapshot.ts'
import type { PlacedTenant, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { TenantWatcher } from './configuration.ts'
import { OutcomeWindow } from './outcome-window.ts'
import { TenantKeys } from './tenant-keys.ts'

export interface BreakersParts {
  readonly slab: Slab
  readonly clock: Clock
  readonly tell: (event: PoolEvent) => void
}

/** Whose circuit breaker it is: of a tenant where there is no pool, of a pool where there is no endpoint. */
interface Owner {
  readonly slot: number
  readonly tenantId: number
  readonly poolId: number
  readonly endpointId: number
  readonly plan: BreakerSnapshot
}

/** What is known of a breaker that is not closed. */
export interface OpenBreaker {
  readonly reason: string
  readonly sinceMs: number
}

interface Breaker {
  readonly owner: Owner
  window: OutcomeWindow
  /** Undefined while it is closed. */
  open: OpenBreaker | undefined
  /** When it lets a probe through, or looks after one that never came back. */
  dueUs: number
}

/** How late a breaker may open: 10,000 of them are looked at in a millisecond. */
const lookMs = 100

/** A probe that has been under way for so long is given up: its thread may be dead. */
const longestProbeMs = 60_000

/** Opens circuit breakers where requests fail or are slow, lets one probe through after a while, and closes them when it is answered. */
export class Breakers implements TenantWatcher {
  readonly #parts: BreakersParts
  /** By slot. */
  readonly #breakers = new Map<number, Breaker>()
  readonly #slots = new TenantKeys()
  #timer: NodeJS.Timeout | undefined

  constructor(parts: BreakersParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), lookMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Why and since when the breaker at that slot is open; undefined where it is closed, or there is none. */
  findOpen(slot: number): OpenBreaker | undefined {
    return this.#breakers.get(slot)?.open
  }

  update(placed: PlacedTenant, snapshot: TenantSnapshot): void {
    const owners = findOwners(placed, snapshot)
    const kept = new Set(owners.map(({ slot }) => slot))
    for (const slot of this.#slots.replace(snapshot.id, kept)) this.#drop(slot)
    for (const owner of owners) this.#put(owner)
  }

  remove(tenantId: number): void {
    for (const slot of this.#slots.remove(tenantId)) this.#drop(slot)
  }

  look(): void {
    const nowUs = this.#parts.clock.monotonicUs()
    for (const breaker of this.#breakers.values()) {
      if (breaker.open === undefined) this.#judge(breaker, nowUs)
      else this.#watchOpen(breaker, breaker.open, nowUs)
    }
  }

  /** A breaker that is set otherwise keeps its state, and counts anew. */
  #put(owner: Owner): void {
    const before = this.#breakers.get(owner.slot)
    const isAsBefore = before !== undefined && JSON.stringify(before.owner.plan) === JSON.stringify(owner.plan)
    const window = isAsBefore ? before.window : this.#startWindow(owner)
    this.#breakers.set(owner.slot, { owner, window, open: before?.open, dueUs: before?.dueUs ?? 0 })
  }

  #drop(slot: number): void {
    const breaker = this.#breakers.get(slot)
    this.#breakers.delete(slot)
    if (breaker?.open !== undefined) this.#release(slot)
  }

  #judge(breaker: Breaker, nowUs: number): void {
    const { slot, plan } = breaker.owner
    const outcomes = breaker.window.read(readOutcomes(this.#parts.slab, slot), nowUs)
    const reason = findReason(outcomes, plan)
    if (reason !== undefined) this.#open(breaker, reason, nowUs)
  }

  #watchOpen(breaker: Breaker, open: OpenBreaker, nowUs: number): void {
    const { slab } = this.#parts
    const { slot } = breaker.owner
    switch (readBreaker(slab, slot)) {
      case breakerState.open: {
        if (nowUs < breaker.dueUs) return
        return this.#letProbe(breaker, nowUs)
      }
      case breakerState.probing: {
        if (nowUs >= breaker.dueUs) this.#letProbe(breaker, nowUs)
        return
      }
      case breakerState.passed:
        return this.#shut(breaker, nowUs)
      case breakerState.failed:
        return this.#open(breaker, `its probe failed; before: ${open.reason}`, nowUs)
      case breakerState.closed:
      case breakerState.halfOpen:
    }
  }

  #open(breaker: Breaker, reason: string, nowUs: number): void {
    const { slab, clock } = this.#parts
    const { slot, plan } = breaker.owner
    breaker.dueUs = nowUs + plan.openMs * 1_000
    breaker.open ??= { reason, sinceMs: clock.wallMs() }
    hinder(slab, slot, hindrance.tripped)
    setBreaker(slab, slot, breakerState.open)
    this.#tell(breaker, 'breaker_opened', reason)
  }

  #letProbe(breaker: Breaker, nowUs: number): void {
    breaker.dueUs = nowUs + longestProbeMs * 1_000
    setBreaker(this.#parts.slab, breaker.owner.slot, breakerState.halfOpen)
    this.#tell(breaker, 'breaker_half_open', 'one request is let through')
  }

  #shut(breaker: Breaker, nowUs: number): void {
    breaker.open = undefined
    breaker.window = this.#startWindow(breaker.owner, nowUs)
    this.#release(breaker.owner.slot)
    this.#tell(breaker, 'breaker_closed', 'its probe was answered')
  }

  #release(slot: number): void {
    const { slab, clock } = this.#parts
    setBreaker(slab, slot, breakerState.closed)
    unhinder(slab, slot, hindrance.tripped, clock.monotonicUs())
  }

  #startWindow({ slot, plan }: Owner, nowUs = this.#parts.clock.monotonicUs()): OutcomeWindow {
    return new OutcomeWindow(plan.windowMs, readOutcomes(this.#parts.slab, slot), nowUs)
  }

  #tell({ owner }: Breaker, kind: PoolEvent['kind'], reason: string): void {
    const { tenantId, poolId, endpointId } = owner
    this.#parts.tell({ timeMs: this.#parts.clock.wallMs(), kind, tenantId, poolId, endpointId, reason })
  }
}

function findOwners({ slots }: PlacedTenant, { id: tenantId, breaker, pools }: TenantSnapshot): Owner[] {
  const ofTenant = breaker && { slot: slots.tenant, tenantId, poolId: 0, endpointId: 0, plan: breaker }
  const ofPools = pools.flatMap((pool, poolIndex) => {
    const owner = { tenantId, poolId: pool.id, endpointId: 0 }
    const ofPool = pool.breaker && { ...owner, slot: slots.pools[poolIndex], plan: pool.breaker }
    const plan = pool.endpointBreaker
    const ofEndpoints =
      plan &&
      pool.endpoints.map(({ id }, index) => ({
        ...owner,
        endpointId: id,
        slot: slots.endpoints[poolIndex][index],
        plan,
      }))
    return [...(ofPool === undefined ? [] : [ofPool]), ...(ofEndpoints ?? [])]
  })
  return ofTenant === undefined ? ofPools : [ofTenant, ...ofPools]
}

/** Why a breaker opens; undefined while it stays closed. */
function findReason({ done, failed, slow }: Outcomes, plan: BreakerSnapshot): string | undefined {
  if (done < plan.minRequests) return undefined
  const { errorsPercent, slowPercent, slowAfterMs, windowMs } = plan
  const within = `within ${renderDuration(windowMs)}`
  if (errorsPercent > 0 && failed * 100 >= errorsPercent * done) return `${failed} of ${done} requests failed ${within}`
  if (slowPercent === 0 || slow * 100 < slowPercent * done) return undefined
  return `${slow} of ${done} requests took ${renderDuration(slowAfterMs)} or longer ${within}`
}
