import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../src/kit/clock.ts'
import { Random } from '../../src/kit/random.ts'
import { buildLimit, createLimitSet } from '../../src/proxy/limit-runtime.ts'
import { leaveLimits, takeLimits } from '../../src/proxy/limits.ts'
import { inFlight } from '../../src/slab/gauges.ts'
import { createLimited } from './create-limited.ts'
import { globalLimitLock, limitLockOf } from '../../src/slab/limit-locks.ts'
import { attachSlab } from '../../src/slab/slab.ts'
import type { SharedSlab } from '../../src/slab/slab.ts'
import type { LimitSnapshot } from '../../src/snapshot/tenant-snapshot.ts'

export interface LimitTakerData {
  readonly slab: SharedSlab
  readonly thread: number
  readonly limits: readonly LimitSnapshot[]
  /** By limit. */
  readonly slots: readonly number[]
  readonly tries: number
  /** In slot 0. */
  readonly global: LimitSnapshot
}

/** When requests were admitted by each limit, in microseconds; and how many were under way at once as any of them saw it. */
export interface LimitTakerResult {
  readonly admittedUs: readonly (readonly number[])[]
  readonly mostUnderWay: readonly number[]
  readonly admittedOfAllUs: readonly number[]
}

const { slab: shared, thread, limits, slots, tries, global } = workerData as LimitTakerData
const slab = attachSlab(shared)
const lock = limitLockOf(slots[0])
const random = new Random(thread + 1)
const runtimes = limits.map((limit, index) => buildLimit(limit, { slot: slots[index], quotas: [1, 2], lock }))
const globalLimit = buildLimit(global, { slot: 0, lock: globalLimitLock })
const admittedOfAllUs: number[] = []
const admittedUs = limits.map((): number[] => [])
const mostUnderWay = limits.map(() => 0)
for (let attempt = 0; attempt < tries; attempt++) {
  const some = 1 + random.below(2 ** limits.length - 1)
  const chosen = runtimes.filter((_, index) => (some & (1 << index)) !== 0)
  const openedUs = systemClock.monotonicUs()
  const exchange = createLimited(slab, { thread, openedUs, globalLimit })
  if (takeLimits(exchange, createLimitSet(chosen, lock)) !== undefined) continue
  admittedOfAllUs.push(openedUs)
  for (const limit of chosen) {
    const index = runtimes.indexOf(limit)
    admittedUs[index].push(openedUs)
    if (limit.concurrency > 0) mostUnderWay[index] = Math.max(mostUnderWay[index], inFlight(slab, limit.slot))
  }
  leaveLimits(exchange)
}
parentPort?.postMessage({ admittedUs, mostUnderWay, admittedOfAllUs } satisfies LimitTakerResult)
