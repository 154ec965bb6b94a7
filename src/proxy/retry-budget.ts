import { createBucket, takeFromBucket, ticksAt } from '../limit/gcra.ts'
import { limitLockOf } from '../slab/limit-locks.ts'
import { giveLock, takeLock } from '../slab/lock.ts'
import type { ThreadState } from './thread-state.ts'

/** Retries of a pool per second that are always allowed: a quiet pool has them, too. */
const alwaysPerSecond = 10

/** Credit is not saved up for longer than so many retries: an outage that follows a busy day is an outage all the same. */
const mostCredit = 100

const wholeRetry = 100

const always = createBucket({ count: alwaysPerSecond, periodMs: 1_000, burst: alwaysPerSecond })

/**
 * How many retries a pool may have, so that they never multiply an outage: a share of its requests, which each thread reckons for
 * its own, and some each second, which all threads take from one cell.
 */
export class RetryBudget {
  readonly #thread: Pick<ThreadState, 'slab' | 'thread'>
  readonly #slot: number
  readonly #percent: number
  /** In hundredths of a retry, so that it stays whole. */
  #credit = 0

  constructor(
    thread: Pick<ThreadState, 'slab' | 'thread'>,
    { slot, percent }: { readonly slot: number; readonly percent: number },
  ) {
    this.#thread = thread
    this.#slot = slot
    this.#percent = percent
  }

  /** A request has come. */
  earn(): void {
    if (this.#credit < mostCredit * wholeRetry) this.#credit += this.#percent
  }

  /** Takes one retry; false when there is none left. */
  take(nowUs: number): boolean {
    if (this.#credit >= wholeRetry) {
      this.#credit -= wholeRetry
      return true
    }
    const { slab, thread } = this.#thread
    const lock = limitLockOf(this.#slot)
    takeLock(slab.limitLocks, lock, thread + 1)
    const waitUs = takeFromBucket(slab.limits, this.#slot, always, ticksAt(nowUs))
    giveLock(slab.limitLocks, lock)
    return waitUs === 0
  }
}
