import type { Clock } from '../kit/clock.ts'
import {
  awaitPlaceFreed,
  countQueued,
  enterQueue,
  findFirstInQueue,
  leaveQueue,
  setQueuedSince,
  tellPlaceFreed,
} from '../slab/pool-queue.ts'
import type { Slab } from '../slab/slab.ts'

/** What waits for a place: an exchange. */
export interface Waiting {
  /** 0 while it does not wait. */
  queuedUs: number
  /** Goes on if there is a place for it; false while there is none. */
  startWaiting(): boolean
  onQueueTimeout(): void
}

/** A pool with more to do than it may, or its endpoints take. */
export interface BoundedPool {
  readonly slot: number
  readonly queue: number
  readonly queueTimeoutMs: number
}

/** How late a timeout may be; and how long at most a place stays free that a thread took with it when it died. */
const lookMs = 10

/**
 * Exchanges of one data thread that wait for a place in their pool. Over all threads whoever came first is first served: each
 * thread says in the slab since when its first one waits, and who frees a place tells the thread whose turn it is.
 */
export class PoolQueues {
  readonly #slab: Slab
  readonly #thread: number
  readonly #clock: Clock
  /** By slot of their pool, in the order in which they came, until when each of them waits. */
  readonly #queues = new Map<number, Map<Waiting, number>>()
  #timer: NodeJS.Timeout | undefined
  #isTold = false
  #isScheduled = false

  constructor(slab: Slab, thread: number, clock: Clock) {
    this.#slab = slab
    this.#thread = thread
    this.#clock = clock
  }

  /** Somebody waits for that pool, in whichever thread: nobody who comes now passes them. */
  hasWaiting(slot: number): boolean {
    return countQueued(this.#slab, slot) > 0
  }

  /** Waits until it is started or its time is over; false when as many do as may. */
  join(waiting: Waiting, { slot, queue, queueTimeoutMs }: BoundedPool): boolean {
    if (!enterQueue(this.#slab, this.#thread, slot, queue)) return false
    const entries = this.#queues.get(slot) ?? new Map<Waiting, number>()
    this.#queues.set(slot, entries)
    waiting.queuedUs = this.#clock.monotonicUs()
    entries.set(waiting, waiting.queuedUs + queueTimeoutMs * 1_000)
    if (entries.size === 1) setQueuedSince(this.#slab, this.#thread, slot, waiting.queuedUs)
    this.#watch()
    // Who left before it was seen waiting has told nobody.
    this.#schedule()
    return true
  }

  /** It has been started, or has ended by itself. */
  leave(waiting: Waiting, slot: number): void {
    const entries = this.#queues.get(slot)
    if (entries?.delete(waiting) !== true) return
    waiting.queuedUs = 0
    const [first] = entries.keys()
    setQueuedSince(this.#slab, this.#thread, slot, first?.queuedUs ?? 0)
    leaveQueue(this.#slab, this.#thread, slot)
    if (first === undefined) this.#queues.delete(slot)
    this.#pass(slot)
  }

  /** There is a place in that pool, or at an endpoint of it. */
  placeFreed(slot: number): void {
    if (this.hasWaiting(slot)) this.#pass(slot)
  }

  #pass(slot: number): void {
    const first = findFirstInQueue(this.#slab, slot)
    if (first === this.#thread) this.#schedule()
    else if (first !== -1) tellPlaceFreed(this.#slab, first)
  }

  /** Later in this turn, so that whoever ends does so on its own. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#serveAll()
    })
  }

  #watch(): void {
    this.#timer ??= setInterval(() => this.#look(), lookMs)
    if (this.#isTold) return
    this.#isTold = true
    awaitPlaceFreed(this.#slab, this.#thread, () => {
      this.#isTold = false
      if (this.#queues.size === 0) return
      this.#watch()
      this.#serveAll()
    })
  }

  #look(): void {
    const nowUs = this.#clock.monotonicUs()
    for (const entries of this.#queues.values()) {
      for (const [waiting, untilUs] of entries) if (untilUs <= nowUs) waiting.onQueueTimeout()
    }
    this.#serveAll()
    if (this.#queues.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #serveAll(): void {
    for (const [slot, entries] of this.#queues) this.#serve(slot, entries)
  }

  #serve(slot: number, entries: ReadonlyMap<Waiting, number>): void {
    for (const waiting of entries.keys()) {
      if (findFirstInQueue(this.#slab, slot) !== this.#thread) return this.#pass(slot)
      if (!waiting.startWaiting()) return
    }
  }
}
