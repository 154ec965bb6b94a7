import { createHash } from 'node:crypto'

/** A tenant as every competitor with keys is told of it. */
export interface Tenant {
  readonly name: string
  readonly host: string
  /** Each opens all its routes. */
  readonly keys: readonly string[]
  /** Path prefixes, a route each. */
  readonly paths: readonly string[]
  /** Ranges whose requests are refused; no two tenants share one. */
  readonly denied: readonly string[]
  /** Its limit; as many may come at once as `burst` says. */
  readonly perMinute: number
  readonly burst: number
}

const roomy = { perMinute: 60_000_000, burst: 1_000_000 }

/** The tenant of all trials but a few. */
export const acme: Tenant = { ...createTenant('acme', 1), keys: [createKey('acme', 0)], paths: ['/'] }

/** A tenant whose limit is used up by its first request. */
export const tight: Tenant = {
  ...createTenant('tight', 0),
  keys: [createKey('tight', 0)],
  paths: ['/'],
  perMinute: 1,
  burst: 1,
}

export const wrongKey = createKey('nobody', 0)

/** Many tenants, all alike: three routes, three keys and ten ip rules each. */
export function createTenants(count: number): readonly Tenant[] {
  return Array.from({ length: count }, (_, index) => createTenant(`tenant-${index}`, index + 2))
}

function createTenant(name: string, number: number): Tenant {
  return {
    name,
    host: `api.${name}.test`,
    keys: [0, 1, 2].map((index) => createKey(name, index)),
    paths: ['/', '/orders', '/items'],
    denied: Array.from({ length: 10 }, (_, index) => createRange(number * 10 + index)),
    ...roomy,
  }
}

/** Looks like a key of mtlb, the same in every run. */
function createKey(tenant: string, index: number): string {
  return `mtlb_${createHash('sha256').update(`${tenant} ${index}`).digest('base64url')}`
}

/** One of the 2^20 networks of 16 addresses in 10.0.0.0/8, where no client of the bench is. */
function createRange(number: number): string {
  const address = number << 4
  return `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}/28`
}
