import type { Clock } from '../kit/clock.ts'
import { Heap } from '../kit/heap.ts'
import { flowKey, joinFlow } from '../slab/fair-queue.ts'
import type { Flow } from '../slab/fair-queue.ts'
import { inFlight } from '../slab/gauges.ts'
import {
  awaitPlaceFreed,
  countQueued,
  enterQueue,
  findFirstInQueue,
  hasQueued,
  joinQueue,
  leaveQueue,
  setFirstInQueue,
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
  /** Whose requests these are, where several tenants share the pool. */
  readonly flow: Flow | undefined
}

/** Exchanges of one data thread that wait for one pool. */
interface Queue {
  /** Until when each of them waits. */
  readonly until: Map<Waiting, number>
  /** By the slot of the flow. */
  readonly flows: Map<number, FlowQueue>
  /** The flows by their keys as they were when they were put there: mostly they grow, and who comes up too early is put back. */
  readonly order: Heap<FlowQueue>
}

/** Those of one flow, or all where nobody shares the pool, in the order in which they came. */
interface FlowQueue {
  flow: Flow | undefined
  readonly waiting: Set<Waiting>
  /** Under which key it is in the order; undefined: it is not. */
  key: number | undefined
}

/** How late a timeout may be; and how long at most a place stays free that a thread took with it when it died. */
const lookMs = 10

/** Who has less than its guarantee comes before everybody else. */
const guaranteedKey = -1e18

/**
 * Exchanges of one data thread that wait for a place in their pool. Over all threads whoever has the least key is served first:
 * each thread says in the slab which key its first one has, and who frees a place tells the thread whose turn it is.
 */
export class PoolQueues {
  readonly #slab: Slab
  readonly #thread: number
  readonly #clock: Clock
  /** By slot of their pool. */
  readonly #queues = new Map<number, Queue>()
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

  /** Waits until it is started or its time is over; false when as many do as may. Where tenants share the pool, each may for itself. */
  join(waiting: Waiting, { slot, queue: most, queueTimeoutMs, flow }: BoundedPool): boolean {
    const ownSlot = flow?.slot ?? slot
    if (!enterQueue(this.#slab, this.#thread, ownSlot, most)) return false
    if (flow !== undefined) {
      joinQueue(this.#slab, this.#thread, slot)
      joinFlow(this.#slab, this.#thread, flow)
    }
    const queue: Queue = this.#queues.get(slot) ?? { until: new Map(), flows: new Map(), order: new Heap() }
    this.#queues.set(slot, queue)
    const flowQueue: FlowQueue = queue.flows.get(ownSlot) ?? { flow, waiting: new Set(), key: undefined }
    queue.flows.set(ownSlot, flowQueue)
    // Its weight and its guarantee may have changed meanwhile.
    flowQueue.flow = flow
    waiting.queuedUs = this.#clock.monotonicUs()
    queue.until.set(waiting, waiting.queuedUs + queueTimeoutMs * 1_000)
    flowQueue.waiting.add(waiting)
    this.#publish(slot, queue)
    this.#watch()
    // Who left before it was seen waiting has told nobody.
    this.#schedule()
    return true
  }

  /** It has been started, or has ended by itself. */
  leave(waiting: Waiting, { slot, flow }: Pick<BoundedPool, 'slot' | 'flow'>): void {
    const queue = this.#queues.get(slot)
    if (queue?.until.delete(waiting) !== true) return
    waiting.queuedUs = 0
    queue.flows.get(flow?.slot ?? slot)?.waiting.delete(waiting)
    if (flow !== undefined) leaveQueue(this.#slab, this.#thread, flow.slot)
    this.#publish(slot, queue)
    leaveQueue(this.#slab, this.#thread, slot)
    if (queue.until.size === 0) this.#queues.delete(slot)
    this.#pass(slot)
  }

  /** There is a place in that pool, or at an endpoint of it. */
  placeFreed({ slot, flow }: Pick<BoundedPool, 'slot' | 'flow'>): void {
    if (!this.hasWaiting(slot)) return
    if (flow !== undefined && flow.guarantee > 0) this.#tellFlow(flow)
    this.#pass(slot)
  }

  /** It may have less than its guarantee now, which only those see who have somebody of it waiting. */
  #tellFlow(flow: Flow): void {
    if (inFlight(this.#slab, flow.slot) >= flow.guarantee) return
    for (let thread = 0; thread < this.#slab.threads; thread++) {
      if (!hasQueued(this.#slab, thread, flow.slot)) continue
      if (thread === this.#thread) this.#schedule()
      else tellPlaceFreed(this.#slab, thread)
    }
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
    for (const { until } of this.#queues.values()) {
      for (const [waiting, untilUs] of until) if (untilUs <= nowUs) waiting.onQueueTimeout()
    }
    this.#serveAll()
    if (this.#queues.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #serveAll(): void {
    for (const [slot, queue] of this.#queues) this.#serve(slot, queue)
  }

  #serve(slot: number, queue: Queue): void {
    for (;;) {
      const waiting = this.#publish(slot, queue)
      if (waiting === undefined) return
      if (findFirstInQueue(this.#slab, slot) !== this.#thread) return this.#pass(slot)
      if (!waiting.startWaiting()) return
    }
  }

  /** Says who is first in this thread, who is returned. */
  #publish(slot: number, queue: Queue): Waiting | undefined {
    const guaranteed = this.#findGuaranteed(queue)
    const flowQueue = guaranteed ?? this.#findFirst(queue)
    const [first] = flowQueue?.waiting ?? []
    if (flowQueue === undefined || first === undefined) {
      setFirstInQueue(this.#slab, this.#thread, slot, undefined)
      return undefined
    }
    const key = guaranteed === undefined ? this.#keyOf(flowQueue) : guaranteedKey
    setFirstInQueue(this.#slab, this.#thread, slot, { key, sinceUs: first.queuedUs })
    return first
  }

  #findGuaranteed({ flows }: Queue): FlowQueue | undefined {
    for (const flowQueue of flows.values()) {
      const { flow, waiting } = flowQueue
      if (flow === undefined || flow.guarantee === 0 || waiting.size === 0) continue
      if (inFlight(this.#slab, flow.slot) < flow.guarantee) return flowQueue
    }
    return undefined
  }

  #findFirst({ flows, order }: Queue): FlowQueue | undefined {
    for (const flowQueue of flows.values()) {
      if (flowQueue.key !== undefined || flowQueue.waiting.size === 0) continue
      flowQueue.key = this.#keyOf(flowQueue)
      order.add(flowQueue, flowQueue.key)
    }
    for (;;) {
      const first = order.peek()
      if (first === undefined) return undefined
      const key = this.#keyOf(first)
      if (first.waiting.size > 0 && first.key !== undefined && key <= first.key) return first
      order.take()
      first.key = first.waiting.size === 0 ? undefined : key
      if (first.key !== undefined) order.add(first, first.key)
    }
  }

  /** Where nobody shares the pool all are in one queue, whose threads only go by who waits for longest. */
  #keyOf({ flow }: FlowQueue): number {
    return flow === undefined ? 0 : flowKey(this.#slab, flow)
  }
}
