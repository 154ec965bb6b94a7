import { limitLocks } from './layout.ts'
import { lockFor, lockWords } from './lock.ts'

/** In `slab.limitLocks`: held by whoever looks at the cells of a tenant's limits and charges them, or at those of a pool's retries. */
export function limitLockOf(slot: number): number {
  return lockFor(slot, limitLocks)
}

/** Of what all tenants share. It is taken last, by who holds a tenant's already. */
export const globalLimitLock = limitLocks * lockWords
