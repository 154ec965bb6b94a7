import { forgetFlow } from './fair-queue.ts'
import type { Clock } from '../kit/clock.ts'
import { UserError } from '../kit/user-error.ts'
import { breakerState, setBreaker } from './breakers.ts'
import { countTenantConnections } from './connection-counts.ts'
import { forgetFailures } from './failures.ts'
import { inFlight } from './gauges.ts'
import { zeroHindrances } from './hindrances.ts'
import { zeroLatency } from './latency.ts'
import { zeroOutcomes } from './outcomes.ts'
import { countQueued } from './pool-queue.ts'
import type { Slab } from './slab.ts'
import { zeroStats } from './stats.ts'
import { setPlaceLimit } from './turnarounds.ts'

/** Slot of what belongs to no tenant: malformed requests and those that no tenant's host matches. */
export const noTenantSlot = 0

/** Slot of the server as a whole, whose places all tenants share. */
export const serverSlot = 1

const defaultGraceMs = 60_000

interface RetiredSlot {
  readonly slot: number
  readonly retiredUs: number
}

/**
 * Allots slots to tenants, routes, pools and endpoints; lives in the main thread. An owner keeps its slot over reloads. A
 * retired slot goes to another owner only after a grace period (long enough for the recorder to have read its last
 * counts) and when nothing is in flight at it any more, and is zeroed first.
 */
export class SlotAllocator {
  readonly #slab: Slab
  readonly #clock: Clock
  readonly #graceUs: number
  readonly #owned = new Map<string, number>()
  /** Oldest first. */
  readonly #retired = new Map<string, RetiredSlot>()
  #next = serverSlot + 1

  constructor(slab: Slab, clock: Clock, { graceMs = defaultGraceMs } = {}) {
    this.#slab = slab
    this.#clock = clock
    this.#graceUs = graceMs * 1_000
  }

  /** The owner's slot; `ownerKey` is its kind and id (`route:17`). Throws UserError `storage` when all are taken. */
  take(ownerKey: string): number {
    const slot = this.#owned.get(ownerKey) ?? this.#revive(ownerKey) ?? this.#reclaim() ?? this.#takeUnused()
    this.#owned.set(ownerKey, slot)
    return slot
  }

  /** The owner is gone. Taking it again before its slot found another owner gives the same slot, counts and all. */
  retire(ownerKey: string): void {
    const slot = this.#owned.get(ownerKey)
    if (slot === undefined) return
    this.#owned.delete(ownerKey)
    this.#retired.set(ownerKey, { slot, retiredUs: this.#clock.monotonicUs() })
  }

  #revive(ownerKey: string): number | undefined {
    const retired = this.#retired.get(ownerKey)
    if (retired === undefined) return undefined
    this.#retired.delete(ownerKey)
    return retired.slot
  }

  #reclaim(): number | undefined {
    const latestUs = this.#clock.monotonicUs() - this.#graceUs
    for (const [ownerKey, { slot, retiredUs }] of this.#retired) {
      if (retiredUs > latestUs) return undefined
      if (isBusy(this.#slab, slot)) continue
      this.#retired.delete(ownerKey)
      zeroStats(this.#slab, slot)
      this.#slab.limits[slot] = 0
      forgetFlow(this.#slab, slot)
      setPlaceLimit(this.#slab, slot, 0)
      for (const at of [2 * slot, 2 * slot + 1]) Atomics.store(this.#slab.bandwidths, at, 0n)
      zeroLatency(this.#slab, slot)
      zeroHindrances(this.#slab, slot)
      forgetFailures(this.#slab, slot)
      zeroOutcomes(this.#slab, slot)
      setBreaker(this.#slab, slot, breakerState.closed)
      return slot
    }
    return undefined
  }

  #takeUnused(): number {
    if (this.#next === this.#slab.capacity) {
      throw new UserError(
        'storage',
        `all ${this.#slab.capacity} slots for tenants, routes, pools and endpoints are taken`,
        'Remove tenants, routes or endpoints that nobody uses.',
      )
    }
    return this.#next++
  }
}

function isBusy(slab: Slab, slot: number): boolean {
  return inFlight(slab, slot) !== 0 || countTenantConnections(slab, slot) !== 0 || countQueued(slab, slot) !== 0
}
