import { breakLock } from './lock.ts'
import type { Slab } from './slab.ts'

/** Locks of tenants whose limits are charged together; each on a line of its own, and few tenants share one. */
export const limitLocks = 256
export const limitLockWords = 16

export function limitLockOf(tenantSlot: number): number {
  return (tenantSlot % limitLocks) * limitLockWords
}

/** The thread is dead: whichever lock it held, it holds no more. */
export function breakLimitLocks(slab: Slab, thread: number): void {
  for (let lock = 0; lock < limitLocks; lock++) breakLock(slab.limitLocks, lock * limitLockWords, thread + 1)
}
