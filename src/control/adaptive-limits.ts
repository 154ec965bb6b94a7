import { GradientLimit } from '../limit/gradient.ts'
import { inFlight } from '../slab/gauges.ts'
import { countQueued } from '../slab/pool-queue.ts'
import type { Slab } from '../slab/slab.ts'
import { readTurnarounds, setPlaceLimit } from '../slab/turnarounds.ts'
import type { Turnarounds } from '../slab/turnarounds.ts'
import type { PlacedTenant, TenantSnapshot } from '../snapshot/tenant-snapshot.ts'
import type { TenantWatcher } from './configuration.ts'

interface Adaptive {
  readonly slot: number
  readonly most: number
  readonly gradient: GradientLimit
  before: Turnarounds
  waitedRounds: number
}

const roundMs = 250

/** Fewer answers say little: a round lasts until there are so many, or so often as long. */
const fewestAnswers = 10
const mostRounds = 8

/** Where a pool begins, and below which none comes, whatever its endpoints take. */
const firstLimit = 20
const leastLimit = 2
const mostLimit = 10_000

/** As many as may be are under way, give or take what ends and begins while it is looked. */
const fullShare = 0.8

/** Finds out for each pool that is adaptive how many requests its endpoints take at once, and has all threads keep to it. */
export class AdaptiveLimits implements TenantWatcher {
  readonly #slab: Slab
  readonly #ofTenant = new Map<number, readonly Adaptive[]>()
  #timer: NodeJS.Timeout | undefined

  constructor(slab: Slab) {
    this.#slab = slab
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), roundMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** What was found out stays, as long as the operator's bound is the same. */
  update({ slots }: PlacedTenant, { id, pools }: TenantSnapshot): void {
    const before = this.#ofTenant.get(id) ?? []
    const all = pools.flatMap(({ adaptive: isAdaptive, maxInFlight }, index) => {
      if (!isAdaptive) return []
      const slot = slots.pools[index]
      const most = maxInFlight > 0 ? maxInFlight : mostLimit
      return before.find((known) => known.slot === slot && known.most === most) ?? this.#begin(slot, most)
    })
    for (const { slot } of before)
      if (!all.some((adaptive) => adaptive.slot === slot)) setPlaceLimit(this.#slab, slot, 0)
    if (all.length === 0) this.#ofTenant.delete(id)
    else this.#ofTenant.set(id, all)
  }

  /** Its slots are made as new for whoever has them next. */
  remove(tenantId: number): void {
    this.#ofTenant.delete(tenantId)
  }

  look(): void {
    for (const all of this.#ofTenant.values()) for (const adaptive of all) this.#lookAt(adaptive)
  }

  #begin(slot: number, most: number): Adaptive {
    const gradient = new GradientLimit({ first: firstLimit, least: Math.min(leastLimit, most), most })
    setPlaceLimit(this.#slab, slot, gradient.limit)
    return { slot, most, gradient, before: readTurnarounds(this.#slab, slot), waitedRounds: 0 }
  }

  #lookAt(adaptive: Adaptive): void {
    const { slot, gradient, before } = adaptive
    const now = readTurnarounds(this.#slab, slot)
    const count = now.count - before.count
    adaptive.waitedRounds += 1
    if (count === 0 || (count < fewestAnswers && adaptive.waitedRounds < mostRounds)) return
    adaptive.waitedRounds = 0
    adaptive.before = now
    const isFull = countQueued(this.#slab, slot) > 0 || inFlight(this.#slab, slot) >= gradient.limit * fullShare
    gradient.observe({ meanUs: (now.sumUs - before.sumUs) / count, isFull })
    setPlaceLimit(this.#slab, slot, gradient.limit)
  }
}
