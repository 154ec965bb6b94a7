import type { EndpointSnapshot } from './pool-snapshot.ts'

/** Share of new requests that an endpoint is given: 0 while it drains or is disabled, whatever its weight. */
export function openWeight({ state, weight }: EndpointSnapshot): number {
  return state === 'enabled' ? weight : 0
}
