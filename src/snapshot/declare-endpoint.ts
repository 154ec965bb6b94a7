import { splitEndpointUrl } from '../kit/field/endpoint-url.ts'
import { parseAddress, renderAddress } from '../kit/ip.ts'
import type { EndpointRow } from '../model/endpoint.ts'
import type { EndpointSnapshot } from './pool-snapshot.ts'

/** An endpoint as it is written down: of a name or a service the addresses are still to be found. */
export function declareEndpoint({ poolId: _owner, ...row }: EndpointRow): EndpointSnapshot {
  const { kind: _kind, ...parts } = splitEndpointUrl(row.url)
  const address = parseAddress(parts.host)
  // In canonical form: a v4 address that is mapped into v6 is that v4 address, and judged as such.
  return { ...row, ...parts, source: undefined, address: address === undefined ? '' : renderAddress(address) }
}
