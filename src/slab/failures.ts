import type { Slab } from './slab.ts'

/** The endpoint at that slot has failed a request; returns how many it has now failed in a row, over all threads. */
export function countFailure(slab: Slab, slot: number): number {
  return Atomics.add(slab.failures, slot, 1) + 1
}

/** It has served one: what came before counts no more. A read of 1 ns, unless it had failed. */
export function forgetFailures(slab: Slab, slot: number): void {
  if (slab.failures[slot] !== 0) Atomics.store(slab.failures, slot, 0)
}
