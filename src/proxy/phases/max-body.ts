import type { RouteSnapshot, TenantSnapshot } from '../../snapshot/tenant-snapshot.ts'
import type { Exchange } from '../exchange.ts'
import type { Phase } from '../pipeline.ts'
import { rejections } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'

/** RFC 9110 section 15.5.14: a length that says too much is refused at once, a body that has none once it proves too long. */
export function maxBodyPhase(_tenant: TenantSnapshot, route: RouteSnapshot): Phase | undefined {
  return route.maxBodyBytes === undefined ? undefined : boundBody
}

function boundBody(exchange: Exchange): Rejection | undefined {
  const { maxBodyBytes } = exchange.route!
  if (exchange.head.contentLength > maxBodyBytes) return rejections.bodyTooLarge
  exchange.maxBytesIn = exchange.head.byteLength + maxBodyBytes
  return undefined
}
