import { splitEndpointUrl } from '../kit/field/endpoint-url.ts'
import type { EndpointRow } from '../model/endpoint.ts'
import type { EndpointSnapshot } from './pool-snapshot.ts'

/** An endpoint as it is written down: of a name or a service the addresses are still to be found. */
export function declareEndpoint({ poolId: _owner, ...row }: EndpointRow): EndpointSnapshot {
  const { kind, ...parts } = splitEndpointUrl(row.url)
  return { ...row, ...parts, source: undefined, address: kind === 'address' ? parts.host : '' }
}
