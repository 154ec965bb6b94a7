import type { Slab } from './slab.ts'

/** What speaks against using an endpoint; each is a bit, so that one does not lift another. */
export const hindrance = {
  /** Its health checks fail. */
  unhealthy: 1,
  /** It failed too many requests. */
  ejected: 2,
  /** Its circuit breaker is open. */
  tripped: 4,
  /** Of a pool: so few of its endpoints are healthy that all are used. */
  panicking: 8,
} as const

export type Hindrance = (typeof hindrance)[keyof typeof hindrance]

/** Speaks against the endpoint from now on; true for whoever made it so, one thread of all, which is the one to tell of it. */
export function hinder(slab: Slab, slot: number, why: Hindrance): boolean {
  const before = Atomics.or(slab.hindrances, slot, why)
  if ((before & why) !== 0) return false
  Atomics.add(slab.hindranceMoves, 0, 1)
  return true
}

/** Speaks against it no longer; true for whoever made it so. Who is free of everything now has recovered at `nowUs`. */
export function unhinder(slab: Slab, slot: number, why: Hindrance, nowUs: number): boolean {
  const before = Atomics.and(slab.hindrances, slot, ~why)
  if ((before & why) === 0) return false
  // Before the move: who sees that also sees since when.
  if (before === why) slab.recoveries[slot] = nowUs
  Atomics.add(slab.hindranceMoves, 0, 1)
  return true
}

/** The endpoint is there from now on, and nothing speaks against it: as if it had recovered. */
export function markRecovered(slab: Slab, slot: number, nowUs: number): void {
  slab.recoveries[slot] = nowUs
  Atomics.add(slab.hindranceMoves, 0, 1)
}

/** The bits of everything that speaks against the endpoint at that slot; 0: it may be used. */
export function readHindrances(slab: Slab, slot: number): number {
  return Atomics.load(slab.hindrances, slot)
}

/** When it was last freed of everything, in microseconds of the monotonic clock; 0: nothing has ever hindered it. */
export function recoveredUs(slab: Slab, slot: number): number {
  return slab.recoveries[slot]
}

/** Moves whenever any endpoint's hindrances do: while it stands still, whatever was worked out from them holds. 5 ns. */
export function countHindranceMoves(slab: Slab): number {
  return Atomics.load(slab.hindranceMoves, 0)
}

/** Makes a slot as new for its next owner. */
export function zeroHindrances(slab: Slab, slot: number): void {
  slab.recoveries[slot] = 0
  if (Atomics.exchange(slab.hindrances, slot, 0) !== 0) Atomics.add(slab.hindranceMoves, 0, 1)
}
