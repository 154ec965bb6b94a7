import { fullInUs, leftInBucket } from '../limit/gcra.ts'
import { leftOfQuota, quotaRestUs } from '../limit/quota.ts'
import type { QuotaRuntime } from '../limit/quota.ts'
import { giveLock, takeLock } from '../slab/lock.ts'
import type { LimitRuntime } from './limit-runtime.ts'
import { bucketsOf } from './limits.ts'
import type { Limited } from './limits.ts'

/** What is left of a rate or of a quota of requests. */
export interface Tightest {
  /** As policies name it. */
  readonly name: string
  readonly most: number
  readonly left: number
  /** Until all of it may be used again. */
  readonly fullInUs: number
}

/** The one with the least left: what a client had best go by. */
export function findTightest(exchange: Limited, limits: readonly LimitRuntime[]): Tightest | undefined {
  const { slab } = exchange.thread
  let least = Infinity
  let tightest: LimitRuntime | undefined
  let tightestCell = 0
  let quotaLeft: Tightest | undefined
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i]
    if (limit.isShadow) continue
    const cell = exchange.limitCells[i]
    const left =
      limit.bucket === undefined
        ? Infinity
        : leftInBucket(bucketsOf(slab, limit), cell, limit.bucket, exchange.limitTicks)
    if (left < least) {
      least = left
      tightest = limit
      tightestCell = cell
    }
    for (const quota of limit.quotas) {
      if (quota.unit === 'requests') quotaLeft = tighter(quotaLeft, levelOfQuota(exchange, quota))
    }
  }
  if (quotaLeft !== undefined && quotaLeft.left < least) return quotaLeft
  return tightest && levelOf(exchange, tightest, { left: least, cell: tightestCell })
}

function levelOf(
  { thread, limitTicks }: Limited,
  limit: LimitRuntime,
  { left, cell }: { readonly left: number; readonly cell: number },
): Tightest {
  const { target: name, burst: most } = limit
  return { name, most, left, fullInUs: fullInUs(bucketsOf(thread.slab, limit), cell, limitTicks) }
}

function tighter(a: Tightest | undefined, b: Tightest): Tightest {
  return a === undefined || b.left < a.left ? b : a
}

function levelOfQuota({ thread: { slab, thread }, timeMs }: Limited, quota: QuotaRuntime): Tightest {
  takeLock(slab.limitLocks, quota.lock, thread + 1)
  const left = Math.max(0, leftOfQuota(slab.quotas, quota, timeMs))
  giveLock(slab.limitLocks, quota.lock)
  return { name: quota.name, most: quota.amount, left, fullInUs: quotaRestUs(quota, timeMs) }
}
