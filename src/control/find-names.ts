import type { Lookup } from '../outbound/read-records.ts'
import type { Resolver } from '../outbound/resolver.ts'
import type { ServiceRecord } from '../snapshot/expand-tenant.ts'
import type { Finding } from './sources.ts'

/** Whatever a record says, it is not asked for more often, nor less. */
const shortestMs = 1_000
const longestMs = 3_600_000

/**
 * All addresses of a name, v4 first. A family that cannot be found now keeps what it had, as long as the other can: some name servers
 * have no answer to AAAA. A name without any address is taken for a failure, since it has one that had some.
 */
export async function findAddresses(
  resolver: Resolver,
  name: string,
  last: readonly string[] = [],
): Promise<Finding<string>> {
  const { v4, v6 } = await resolver.lookUpAddresses(name)
  const families = [v4, v6]
  const found = families.filter((family) => family.outcome === 'found')
  if (found.length === 0) return { failure: explainBoth(v4, v6) }
  const values = [...takeFamily(v4, last, false), ...takeFamily(v6, last, true)]
  const failed = families.some(({ outcome }) => outcome === 'failed')
  const goodForMs = failed ? shortestRetryMs : Math.min(...found.map(({ ttlMs }) => ttlMs))
  return { values, goodForMs: bound(goodForMs) }
}

/** Hosts and ports of a service; none at all is a good answer, if the service says so itself (RFC 2782). */
export async function findServices(resolver: Resolver, name: string): Promise<Finding<ServiceRecord>> {
  const lookup = await resolver.lookUpService(name)
  if (lookup.outcome !== 'found') return { failure: lookup.reason }
  return { values: lookup.values.toSorted(byPlace), goodForMs: bound(lookup.ttlMs) }
}

/** Until half an answer is asked for again. */
const shortestRetryMs = 10_000

function bound(ms: number): number {
  return Math.max(shortestMs, Math.min(longestMs, ms))
}

function takeFamily(lookup: Lookup<string>, last: readonly string[], isV6: boolean): readonly string[] {
  if (lookup.outcome === 'found') return lookup.values.toSorted()
  return lookup.outcome === 'none' ? [] : last.filter((address) => address.includes(':') === isV6)
}

/** That nobody has answered says more than that there is none. */
function explainBoth(v4: Lookup<string>, v6: Lookup<string>): string {
  const first = v4.outcome !== 'failed' && v6.outcome === 'failed' ? v6 : v4
  return first.outcome === 'found' ? '' : first.reason
}

function byPlace(a: ServiceRecord, b: ServiceRecord): number {
  return a.priority - b.priority || (a.host < b.host ? -1 : a.host > b.host ? 1 : a.port - b.port)
}
