import type { IpTable } from '../kit/ip-table.ts'
import type { Quota } from '../kit/quota.ts'
import type { BreakerSnapshot, PoolSnapshot } from './pool-snapshot.ts'
import type { SealedTenant } from './sealed-tenant.ts'

/** Frozen, validated configuration of one tenant at one revision. Plain data: see sealed-tenant.ts for how it crosses threads. */
export interface TenantSnapshot {
  readonly id: number
  readonly name: string
  readonly revision: number
  readonly isSuspended: boolean
  /** Case-folded ASCII names, exact or `*.wildcard`. */
  readonly hosts: readonly string[]
  readonly pools: readonly PoolSnapshot[]
  readonly routes: readonly RouteSnapshot[]
  /** Keys that may be used: revoked ones are left out. */
  readonly keys: readonly KeySnapshot[]
  /** Those that bound something: of a route or a key that is gone there is none. */
  readonly limits: readonly LimitSnapshot[]
  readonly breaker: BreakerSnapshot | undefined
  /** Its part of the pools that it shares with others. */
  readonly weight: number
  /** Requests under way in each of them that come before all others'; 0: none. */
  readonly guarantee: number
  /** Names of pools of `shared` that its routes name. */
  readonly sharedPools: readonly string[]
  readonly ipRules: IpRules | undefined
  /** The same rules with those that merely shadow; empty where none does. */
  readonly shadowIpRules: readonly RangeRule[]
}

export interface RouteSnapshot {
  readonly id: number
  readonly name: string
  /** Prefix that starts with a slash, matched by whole segments. */
  readonly path: string
  /** Upper case; empty means every method. */
  readonly methods: readonly string[]
  /** `header:x-beta`, `cookie:group=beta`; all must hold. */
  readonly match: readonly string[]
  /** RE2 syntax, of the whole path; undefined: any path with the prefix. */
  readonly pathRegex: string | undefined
  /** Index into `TenantSnapshot.pools`, or into `sharedPools` where it is one of those. */
  readonly pool: number
  readonly isShared: boolean
  /** Goes to these pools instead; undefined: it is not split. */
  readonly split: SplitSnapshot | undefined
  /** Gets copies of that share of requests; undefined: nobody does. */
  readonly mirror: { readonly pool: number; readonly isShared: boolean; readonly percent: number } | undefined
  readonly auth: 'key' | 'none'
  /** Nobody is refused for lack of it. */
  readonly isAuthShadow: boolean
  readonly stripPrefix: boolean
  readonly pathMode: 'canonical' | 'raw'
  readonly websocket: boolean
  /** Of a request's body; undefined means any. */
  readonly maxBodyBytes: number | undefined
  readonly isMaxBodyShadow: boolean
  /** Longest wait for the endpoint's first response byte. */
  readonly timeoutMs: number
  /** Longest silence of the endpoint within an answer. */
  readonly idleTimeoutMs: number
  /** Of the whole exchange; undefined means any. */
  readonly requestTimeoutMs: number | undefined
  /** In all, the first included. */
  readonly attempts: number
  /** `connect`, `reset`, `timeout`, `protocol`, `502-504`. */
  readonly retryOn: readonly string[]
  readonly retryNonIdempotent: boolean
  readonly retryBackoffMs: number
  readonly hedge: boolean
}

export interface SplitSnapshot {
  /** With pools as `RouteSnapshot` has them. */
  readonly parts: readonly { readonly pool: number; readonly isShared: boolean; readonly weight: number }[]
  /** `request`, `client`, `key`, `cookie:session` */
  readonly on: string
  /** Leads to the last part; the name is in lower case. */
  readonly header: { readonly name: string; readonly value: string } | undefined
}

export interface KeySnapshot {
  readonly id: number
  readonly name: string
  /** Lower-case hex SHA-256 of the secret. */
  readonly hash: string
}

export interface LimitSnapshot {
  readonly id: number
  /** `tenant`, `route:api`, `key:ci`: what clients are told. */
  readonly target: string
  readonly level: 'global' | 'tenant' | 'route' | 'key'
  /** Of the route or key; 0: of the tenant. */
  readonly targetId: number
  /** `client`, `header:x-user`, `query:user`: each value has a bucket of its own; undefined: all share one. */
  readonly per: string | undefined
  readonly rate: RateSnapshot | undefined
  /** 0: any number. */
  readonly concurrency: number
  /** Bytes per second each way; 0: any. */
  readonly bandwidth: number
  /** The same for each of its clients' connections. */
  readonly connectionBandwidth: number
  /** Of a request; undefined: any. */
  readonly maxBodyBytes: number | undefined
  /** Nobody is refused; it is merely noted. */
  readonly isShadow: boolean
  /** How long a request may wait for its turn instead of being refused; 0: not at all. */
  readonly maxWaitMs: number
  readonly quotas: readonly QuotaSnapshot[]
}

export interface QuotaSnapshot extends Quota {
  /** Where its days begin. */
  readonly timeZone: string
}

export interface RateSnapshot {
  readonly count: number
  readonly periodMs: number
  readonly burst: number
}

export interface RangeRule {
  readonly range: string
  readonly isAllowed: boolean
}

export interface IpRules {
  /** Values are indexes of rules; at equal length deny has won already. */
  readonly table: IpTable
  readonly rules: readonly RangeRule[]
  /** Any allow rule makes the tenant allow-only: an address that no rule matches is denied. */
  readonly isAllowOnly: boolean
}

/** One reason why rows do not make a snapshot. */
export interface Problem {
  readonly table: string
  /** Name of the row within its tenant: `api`, `http://127.0.0.1:9001`. */
  readonly row: string
  readonly field: string
  readonly message: string
  readonly hint: string
}

/** Where a tenant's counters live in the slab; the arrays run parallel to those of its snapshot. */
export interface TenantSlots {
  readonly tenant: number
  /** Of its part of the server's places. */
  readonly share: number
  readonly routes: readonly number[]
  readonly pools: readonly number[]
  readonly keys: readonly number[]
  readonly limits: readonly number[]
  /** Of its parts of shared pools. */
  readonly flows: readonly number[]
  /** By limit, then by quota: places in `slab.quotas`. Empty where no limit has any. */
  readonly quotas: readonly (readonly number[])[]
  /** By pool, then by endpoint. */
  readonly endpoints: readonly (readonly number[])[]
}

export interface PlacedTenant {
  readonly sealed: SealedTenant
  readonly slots: TenantSlots
}
