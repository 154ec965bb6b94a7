import type { IpTable } from '../kit/ip-table.ts'
import type { Quota } from '../kit/quota.ts'
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

export interface PoolSnapshot {
  readonly id: number
  readonly name: string
  /** Name of an algorithm in `balance/index.ts`. */
  readonly balance: string
  /** What is hashed (see `parseHashSource`); undefined where nothing is said. */
  readonly hashOn: string | undefined
  /** Most that one endpoint gets by its hash, in percent of the mean under way; undefined means any. */
  readonly hashLoadPercent: number | undefined
  /** What keeps a client at its endpoint. */
  readonly sticky: 'off' | 'cookie' | 'ip'
  readonly stickyAgeMs: number
  readonly connectTimeoutMs: number
  /** 0: none. */
  readonly slowStartMs: number
  readonly spillBelowPercent: number
  /** 0: never. */
  readonly panicBelowPercent: number
  readonly health: 'off' | 'tcp' | 'http' | 'exec'
  readonly healthMethod: string
  readonly healthPath: string
  readonly healthHost: string | undefined
  /** `200-399`, `204`. */
  readonly healthStatuses: readonly string[]
  readonly healthBody: string | undefined
  /** `X-Probe: yes` */
  readonly healthHeaders: readonly string[]
  /** `status=up` */
  readonly healthJson: string | undefined
  /** Of health `exec`. */
  readonly healthCommand: string | undefined
  readonly healthIntervalMs: number
  readonly healthDownIntervalMs: number | undefined
  readonly healthTimeoutMs: number
  readonly rise: number
  readonly fall: number
  /** 0: never. */
  readonly ejectAfter: number
  readonly ejectTimeMs: number
  readonly ejectMaxTimeMs: number
  readonly retryBudgetPercent: number
  /** 0: any number. */
  readonly maxInFlight: number
  /** It is found out how many of them, up to that bound. */
  readonly adaptive: boolean
  /** Requests that wait for a place; 0: none. */
  readonly queue: number
  readonly queueTimeoutMs: number
  /** Of a standard deviation, in percent; 0: never. */
  readonly ejectDeviationPercent: number
  readonly ejectMinRequests: number
  /** Of the pool as a whole; undefined: none. */
  readonly breaker: BreakerSnapshot | undefined
  /** Of each endpoint by itself. */
  readonly endpointBreaker: BreakerSnapshot | undefined
  /** JSON file with further endpoints. */
  readonly fromFile: string | undefined
  /** Command that says further ones, and the time between two runs of it. */
  readonly fromExec: string | undefined
  readonly refreshMs: number
  readonly endpoints: readonly EndpointSnapshot[]
}

/** When a circuit breaker opens, and for how long. */
export interface BreakerSnapshot {
  /** Of the requests in its window; 0: never. */
  readonly errorsPercent: number
  readonly slowPercent: number
  readonly slowAfterMs: number
  readonly minRequests: number
  readonly windowMs: number
  readonly openMs: number
  /** Nobody is refused while it is open. */
  readonly isShadow: boolean
}

export interface EndpointSnapshot {
  readonly id: number
  /** Unique within its pool: `http://127.0.0.1:9001`; one that is a name until it is expanded is as the operator wrote it. */
  readonly url: string
  /** What has brought it: the URL of a name or a service, `from-file`, `from-exec`; undefined: the operator. */
  readonly source: string | undefined
  readonly isTls: boolean
  /** Address or name: what its certificate is for. */
  readonly host: string
  /** Where it is connected to; empty: not found yet (see expand-tenant.ts). */
  readonly address: string
  readonly port: number
  /** 0 drains: never picked, requests under way finish. */
  readonly weight: number
  readonly state: 'enabled' | 'draining' | 'disabled'
  readonly priority: number
  readonly backup: boolean
  readonly zone: string | undefined
  /** 0: any number. */
  readonly maxConnections: number
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

/** What is not a tenant's: listeners and settings. */
export interface GlobalSnapshot {
  readonly revision: number
  readonly listeners: readonly ListenerSnapshot[]
  /** Peers whose forwarded headers are believed; undefined means nobody. */
  readonly trustedProxies: IpTable | undefined
  readonly underscoreNames: 'drop' | 'refuse'
  /** 0: as many as the limit of open files allows. */
  readonly maxConnections: number
  /** 0: no bound. */
  readonly maxConnectionsPerAddress: number
  /** 0: no bound. */
  readonly maxConnectionsPerTenant: number
  readonly headerTimeoutMs: number
  readonly idleTimeoutMs: number
  /** Bytes per second; 0: no bound. */
  readonly minBodyRate: number
  readonly writeTimeoutMs: number
  /** Per endpoint and thread. */
  readonly endpointIdleConnections: number
  readonly endpointIdleTimeoutMs: number
  readonly tunnelIdleTimeoutMs: number
  readonly tunnelMaxAgeMs: number
  readonly drainTimeoutMs: number
  /** Requests that are served at once; 0: any number. */
  readonly maxInFlight: number
  /** Requests of each tenant beyond that wait for a place. */
  readonly queue: number
  readonly queueTimeoutMs: number
  readonly logRetentionDays: number
  readonly logRetentionBytes: number
  /** What sticky cookies are signed with; never logged or shown. */
  readonly stickySecret: string
  /** What X-Mtlb-Trace must say; empty: nothing does. */
  readonly traceToken: string
  readonly traceSamplePercent: number
  /** Of all tenants together. */
  readonly limit: LimitSnapshot | undefined
  readonly rateLimitHeaders: 'off' | 'standard' | 'legacy' | 'both'
  /** Pools may run commands. */
  readonly allowExec: boolean
  /** Name servers, `127.0.0.1:53`; empty: those of the machine. */
  readonly dnsServers: readonly string[]
  /** Special addresses that endpoints may have all the same; undefined: none. */
  readonly allowAddresses: IpTable | undefined
  /** Where this node stands. */
  readonly zone: string | undefined
}

export interface ListenerSnapshot {
  readonly id: number
  readonly name: string
  readonly address: string
  /** 0 lets the kernel choose. */
  readonly port: number
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
