import { giveLock, takeLock } from './lock.ts'
import { lockOf } from './places.ts'
import type { Slab } from './slab.ts'
import { placeLimit } from './turnarounds.ts'

/** One tenant's requests to a pool that several share. */
export interface Flow {
  /** Of the tenant's part of the pool. */
  readonly slot: number
  /** Of the pool. */
  readonly poolSlot: number
  readonly weight: number
  /** Of the pool: so many requests may a flow start at once that has had nothing of late. */
  readonly places: number
  /** Places that are its own while it has something to do; 0: none. */
  readonly guarantee: number
}

/** How long a request holds its place, as long as nobody knows. */
const firstGuessUs = 1_000

/** Share of the newest request in what is guessed of the next. */
const newestShare = 1 / 8

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996; over several places as SFQ(D), Jin, Chase and Kaur, 2004). A flow's
 * next request starts, in virtual time, where its last one ends, and no earlier than what was started last, less what fills all
 * places once: who has had less of late comes first, with a burst as well; whoever starts first is served first. A request lasts, by its flow's weight, as long as it holds its place: what that is guessed to be when it gets
 * it, put right when it gives it back. So a flow that asks for more than its part only puts itself off. 100 ns each.
 */
export function joinFlow(slab: Slab, thread: number, flow: Flow): void {
  const lock = lockOf(flow.poolSlot)
  takeLock(slab.gaugeLocks, lock, thread + 1)
  slab.flowTags[flow.slot] = startOf(slab, flow)
  giveLock(slab.gaugeLocks, lock)
}

/** Where the next request of a flow that waits would start; above 0. */
export function flowKey({ flowTags }: Slab, { slot }: Flow): number {
  return flowTags[slot]
}

/** A request of the flow has a place. Returns for how long its flow is charged, in microseconds. */
export function chargeFlow(slab: Slab, thread: number, flow: Flow): number {
  const lock = lockOf(flow.poolSlot)
  takeLock(slab.gaugeLocks, lock, thread + 1)
  const start = startOf(slab, flow)
  const costUs = costOf(slab, flow)
  if (slab.flowTags[flow.poolSlot] < start) slab.flowTags[flow.poolSlot] = start
  slab.flowTags[flow.slot] = start + costUs / flow.weight
  giveLock(slab.gaugeLocks, lock)
  return costUs
}

/** The request has given its place back. */
export function settleFlow(slab: Slab, thread: number, flow: Flow, use: { costUs: number; heldUs: number }): void {
  const more = use.heldUs - use.costUs
  const lock = lockOf(flow.poolSlot)
  takeLock(slab.gaugeLocks, lock, thread + 1)
  slab.flowTags[flow.slot] += more / flow.weight
  slab.flowCosts[flow.slot] = use.costUs + more * newestShare
  giveLock(slab.gaugeLocks, lock)
}

function startOf(slab: Slab, flow: Flow): number {
  const { flowTags } = slab
  const places = placeLimit(slab, flow.poolSlot, flow.places)
  const credit = (places * costOf(slab, flow)) / flow.weight
  return Math.max(1, flowTags[flow.poolSlot] - credit, flowTags[flow.slot])
}

function costOf({ flowCosts }: Slab, { slot }: Flow): number {
  return flowCosts[slot] || firstGuessUs
}

/** The slot is somebody else's from now on. */
export function forgetFlow(slab: Slab, slot: number): void {
  slab.flowTags[slot] = slab.flowCosts[slot] = 0
}
