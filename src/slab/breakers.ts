import type { Slab } from './slab.ts'

/**
 * Where a circuit breaker stands (Nygard, Release It!). The main thread opens it and lets it be probed; a data thread takes the one
 * probe there is and says what came of it; the main thread then closes it or opens it again.
 */
export const breakerState = {
  closed: 0,
  open: 1,
  /** One request may go through. */
  halfOpen: 2,
  /** It is under way. */
  probing: 3,
  /** It was answered, and in time. */
  passed: 4,
  failed: 5,
} as const

export type BreakerState = (typeof breakerState)[keyof typeof breakerState]

export function readBreaker(slab: Slab, slot: number): BreakerState {
  return Atomics.load(slab.breakers, slot) as BreakerState
}

/** For the main thread. Whoever keeps who may be used looks again. */
export function setBreaker(slab: Slab, slot: number, state: BreakerState): void {
  if (Atomics.exchange(slab.breakers, slot, state) !== state) Atomics.add(slab.hindranceMoves, 0, 1)
}

/** True for the one request, over all threads, that may go through. */
export function takeProbe(slab: Slab, slot: number): boolean {
  const { halfOpen, probing } = breakerState
  return Atomics.compareExchange(slab.breakers, slot, halfOpen, probing) === halfOpen
}

/** What came of it; `halfOpen` when nothing did, and another request may try. */
export function endProbe(slab: Slab, slot: number, result: BreakerState): void {
  Atomics.compareExchange(slab.breakers, slot, breakerState.probing, result)
}
