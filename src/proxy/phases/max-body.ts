import type { RouteSnapshot, TenantSnapshot } from '../../snapshot/tenant-snapshot.ts'
import { boundBody } from '../bound-body.ts'
import type { Phase } from '../pipeline.ts'

/** What the route itself takes; limits may take less. */
export function maxBodyPhase(_tenant: TenantSnapshot, { maxBodyBytes }: RouteSnapshot): Phase | undefined {
  return maxBodyBytes === undefined ? undefined : (exchange) => boundBody(exchange, maxBodyBytes, '')
}
