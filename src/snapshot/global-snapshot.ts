import type { IpTable } from '../kit/ip-table.ts'
import type { LimitSnapshot } from './tenant-snapshot.ts'

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
