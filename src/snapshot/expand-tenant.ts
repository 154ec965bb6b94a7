import { renderEndpointUrl, splitEndpointUrl } from '../kit/field/endpoint-url.ts'
import { deepFreeze } from './freeze.ts'
import type { EndpointSnapshot, PoolSnapshot } from './pool-snapshot.ts'
import type { TenantSnapshot } from './tenant-snapshot.ts'

/** A service's host and port (RFC 2782). */
export interface ServiceRecord {
  readonly host: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

/** What is known of where endpoints are. Undefined, and a reason why: nothing is, so far. */
export interface EndpointFinder {
  readonly findAddresses: (name: string) => Known<string>
  readonly findServices: (name: string) => Known<ServiceRecord>
  /** Those that the pool's file lists, or its command. */
  readonly findFromFile: (pool: PoolSnapshot) => Known<EndpointSnapshot>
  readonly findFromExec: (pool: PoolSnapshot) => Known<EndpointSnapshot>
  /** Why nothing is ever sent to that address. */
  readonly findObstacle: (address: string, port: number) => string | undefined
  /** A number of its own for an endpoint that has no row. */
  readonly identify: (poolId: number, url: string) => number
}

export interface Known<Value> {
  readonly values: readonly Value[] | undefined
  readonly reason: string
}

/** An endpoint that nothing is sent to. */
export interface Absentee {
  readonly poolId: number
  /** Of the endpoint as far as it is known: a name, or one of its addresses; `from-file` and `from-exec` for these as a whole. */
  readonly url: string
  readonly source: string | undefined
  readonly state: 'unresolved' | 'refused'
  readonly reason: string
}

export interface ExpandedTenant {
  /** The very one that was given where nothing of it changes. */
  readonly snapshot: TenantSnapshot
  readonly absentees: readonly Absentee[]
}

/** Of one pool, found ones. */
export const mostFound = 1_000

/**
 * Puts what was found in the place of names, services and lists: each endpoint has an address from here on, which may be connected to.
 * An address is there once, even if several names lead to it.
 */
export function expandTenant(declared: TenantSnapshot, finder: EndpointFinder): ExpandedTenant {
  const absentees: Absentee[] = []
  const pools = declared.pools.map((pool) => expandPool(pool, { finder, absentees }))
  const isChanged = pools.some((pool, index) => pool !== declared.pools[index])
  return { snapshot: isChanged ? deepFreeze({ ...declared, pools }) : declared, absentees }
}

interface Search {
  readonly finder: EndpointFinder
  readonly absentees: Absentee[]
}

function expandPool(pool: PoolSnapshot, { finder, absentees }: Search): PoolSnapshot {
  const { fromFile, fromExec } = pool
  const isAsIs = ({ address, port }: EndpointSnapshot) =>
    address !== '' && finder.findObstacle(address, port) === undefined
  if (fromFile === undefined && fromExec === undefined && pool.endpoints.every(isAsIs)) return pool
  const declared = [...pool.endpoints, ...listFound(pool, { finder, absentees })]
  const byUrl = new Map<string, EndpointSnapshot>()
  let found = 0
  // Rows before what leads to the same address.
  for (const endpoint of declared.toSorted(byHavingRow)) {
    for (const member of locate(endpoint, pool, { finder, absentees })) {
      const { url, source, address, port } = member
      if (byUrl.has(url)) continue
      const obstacle = finder.findObstacle(address, port) ?? (found >= mostFound ? tooMany : undefined)
      if (obstacle !== undefined) {
        absentees.push({ poolId: pool.id, url, source, state: 'refused', reason: obstacle })
        continue
      }
      if (source !== undefined) found += 1
      byUrl.set(url, source === undefined ? member : { ...member, id: finder.identify(pool.id, url) })
    }
  }
  return { ...pool, endpoints: [...byUrl.values()] }
}

const tooMany = `the pool has ${mostFound} found endpoints already`

function byHavingRow(a: EndpointSnapshot, b: EndpointSnapshot): number {
  return Number(hasRow(b)) - Number(hasRow(a))
}

function hasRow({ source, address }: EndpointSnapshot): boolean {
  return source === undefined && address !== ''
}

function listFound(pool: PoolSnapshot, { finder, absentees }: Search): readonly EndpointSnapshot[] {
  const take = (source: string, { values, reason }: Known<EndpointSnapshot>) => {
    if (values !== undefined) return values.map((endpoint) => ({ ...endpoint, source }))
    absentees.push({ poolId: pool.id, url: source, source, state: 'unresolved', reason })
    return []
  }
  return [
    ...(pool.fromFile === undefined ? [] : take('from-file', finder.findFromFile(pool))),
    ...(pool.fromExec === undefined ? [] : take('from-exec', finder.findFromExec(pool))),
  ]
}

/** Every address of an endpoint, as an endpoint. */
function locate(endpoint: EndpointSnapshot, pool: PoolSnapshot, search: Search): readonly EndpointSnapshot[] {
  if (endpoint.address !== '') return [endpoint]
  const isService = splitEndpointUrl(endpoint.url).kind === 'service'
  return isService ? locateService(endpoint, pool, search) : locateName(endpoint, pool, search)
}

function locateName(endpoint: EndpointSnapshot, pool: PoolSnapshot, { finder, absentees }: Search) {
  const { isTls, url, source, host, port } = endpoint
  const { values, reason } = finder.findAddresses(host)
  if (values === undefined) absentees.push({ poolId: pool.id, url, source, state: 'unresolved', reason })
  return (values ?? []).map((address) => ({
    ...endpoint,
    source: source ?? url,
    address,
    url: renderEndpointUrl({ isTls, host: address, port }),
  }))
}

function locateService(endpoint: EndpointSnapshot, pool: PoolSnapshot, search: Search): readonly EndpointSnapshot[] {
  const { isTls, url, source = url, host: service } = endpoint
  const { values = [], reason } = search.finder.findServices(service)
  if (values.length === 0) {
    search.absentees.push({ poolId: pool.id, url, source: endpoint.source, state: 'unresolved', reason })
  }
  return shareOut(values).flatMap(({ host, port, priority, weight }) => {
    const target = {
      ...endpoint,
      url: renderEndpointUrl({ isTls, host, port }),
      source,
      host,
      port,
      priority: Math.min(endpoint.priority + priority, mostPriority),
      weight: Math.min(endpoint.weight * weight, mostWeight),
    }
    const certified = certifiedName(host, service)
    return locateName(target, pool, search).map((member) => ({ ...member, host: certified }))
  })
}

/** As the model bounds them. */
const mostPriority = 15
const mostWeight = 1_000

/**
 * Priorities become ranks, from 0 on. Weights of up to 65,535 become such as endpoints have, in proportion; 0 stands beside others for
 * the least that there is (RFC 2782), and among its like for an equal share.
 */
function shareOut(records: readonly ServiceRecord[]): readonly ServiceRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].toSorted((a, b) => a - b)
  const most = Math.max(0, ...records.map(({ weight }) => weight))
  const hasLeast = most > 0 && records.some(({ weight }) => weight === 0)
  const scale = most > mostWeight || hasLeast ? mostWeight / Math.max(most, 1) : 1
  return records.map((record) => ({
    ...record,
    priority: priorities.indexOf(record.priority),
    weight: Math.max(1, Math.round(record.weight * scale)),
  }))
}

/**
 * Whom a certificate must be for: DNS without DNSSEC may have led anywhere, so a host counts only within the service's own domain, and
 * else that domain itself does (RFC 6125 section 6.2.1).
 */
function certifiedName(host: string, service: string): string {
  const domain = service.replace(/^(_[^.]+\.)+/, '').replace(/\.$/, '')
  return host === domain || host.endsWith(`.${domain}`) ? host : domain
}
