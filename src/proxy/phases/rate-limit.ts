import { takeFromBucket } from '../../limit/gcra.ts'
import type { Bucket } from '../../limit/gcra.ts'
import type { TenantSnapshot } from '../../snapshot/tenant-snapshot.ts'
import type { Exchange } from '../exchange.ts'
import type { Phase } from '../pipeline.ts'
import { rejections } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'

/** The tenant's rate, exact over all data threads: they share its cell in the slab. */
export function rateLimitPhase(tenant: TenantSnapshot): Phase | undefined {
  return tenant.limit === undefined ? undefined : limitRate
}

function limitRate(exchange: Exchange): Rejection | undefined {
  const { thread } = exchange
  const tenant = exchange.tenant!
  const waitUs = takeFromBucket(thread.slab.limits, tenant.slot, tenant.bucket as Bucket, exchange.openedUs)
  if (waitUs === 0) return undefined
  exchange.retryAfterSeconds = Math.ceil(waitUs / 1_000_000)
  return rejections.rateLimited
}
