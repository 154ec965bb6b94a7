import { hashKey } from '../../src/auth/key.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import type { EndpointRow } from '../../src/model/endpoint.ts'
import { host } from '../../src/model/host.ts'
import { ipRule } from '../../src/model/ip-rule.ts'
import { key } from '../../src/model/key.ts'
import { limit } from '../../src/model/limit.ts'
import type { LimitRow } from '../../src/model/limit.ts'
import { pool } from '../../src/model/pool.ts'
import type { PoolRow } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { setting } from '../../src/model/setting.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Writer } from '../../src/store/writer.ts'

/** A configuration as short as a test wants to say it. */
export interface TestConfig {
  /** By name and value as the command line takes them. */
  readonly settings?: Readonly<Record<string, string>>
  readonly tenants: readonly TestTenant[]
}

export interface TestTenant {
  /** Default `acme`. */
  readonly name?: string
  /** Default for `acme`: `acme.test`. */
  readonly hosts?: readonly string[]
  readonly isSuspended?: boolean
  /** Of pools that it shares. */
  readonly weight?: number
  readonly guarantee?: number
  readonly grants?: readonly string[]
  readonly pools: Readonly<Record<string, TestPool>>
  /** Default: everything to the first pool, open to everybody. */
  readonly routes?: readonly TestRoute[]
  /** Secrets by the names of their keys. */
  readonly keys?: Readonly<Record<string, string>>
  readonly limit?: { readonly rate: string; readonly burst: number }
  /** By target: `route:route0`. */
  readonly limits?: Readonly<Record<string, Partial<Omit<LimitRow, 'id' | 'tenantId' | 'target'>>>>
  readonly ipRules?: Readonly<Record<string, 'allow' | 'deny'>>
}

/** Endpoints are URLs, or URLs with weights or with whatever else is said of them. */
export interface TestPool extends Partial<Omit<PoolRow, 'id' | 'tenantId' | 'name'>> {
  readonly endpoints: readonly string[] | Readonly<Record<string, number | Partial<EndpointRow>>>
}

export interface TestRoute {
  readonly name?: string
  readonly path?: string
  readonly methods?: readonly string[]
  readonly pool?: string
  /** Default here: none. */
  readonly auth?: string
  readonly stripPrefix?: boolean
  readonly pathMode?: 'canonical' | 'raw'
  readonly websocket?: boolean
  readonly maxBodyBytes?: number
  readonly split?: readonly string[]
  readonly match?: readonly string[]
  readonly pathRegex?: string
  readonly mirror?: string
  readonly splitOn?: string
  readonly splitHeader?: string
  readonly timeoutMs?: number
  readonly idleTimeoutMs?: number
  readonly requestTimeoutMs?: number
  readonly attempts?: number
  readonly retryOn?: readonly string[]
  readonly retryNonIdempotent?: boolean
  readonly retryBackoffMs?: number
  readonly hedge?: boolean
}

export function writeConfig(writer: Writer, config: TestConfig): void {
  for (const [name, value] of Object.entries(config.settings ?? {})) writer.insert(setting, { name, value })
  for (const each of config.tenants) writeTenant(writer, each)
}

export function writeTenant(writer: Writer, config: TestTenant): void {
  const {
    name = 'acme',
    hosts = [`${name}.test`],
    isSuspended = false,
    weight = 1,
    guarantee = 0,
    grants = [],
  } = config
  const state = isSuspended ? 'suspended' : 'active'
  const tenantId = writer.insert(tenant, { name, state, weight, guarantee, grants }).id
  for (const hostName of hosts) writer.insert(host, { tenantId, name: hostName })
  for (const [poolName, each] of Object.entries(config.pools)) writePool(writer, tenantId, poolName, each)
  const firstPool = Object.keys(config.pools)[0]
  for (const [index, each] of (config.routes ?? [{}]).entries()) {
    writer.insert(route, { name: `route${index}`, pool: firstPool, auth: 'none', ...each, tenantId })
  }
  for (const [keyName, secret] of Object.entries(config.keys ?? {})) {
    writer.insert(key, { tenantId, name: keyName, hash: hashKey(secret), prefix: secret.slice(0, 9) })
  }
  if (config.limit !== undefined) writer.insert(limit, { tenantId, target: 'tenant', ...config.limit })
  for (const [target, each] of Object.entries(config.limits ?? {})) writer.insert(limit, { tenantId, target, ...each })
  for (const [range, action] of Object.entries(config.ipRules ?? {})) writer.insert(ipRule, { tenantId, range, action })
}

function writePool(writer: Writer, tenantId: number, name: string, config: TestPool): void {
  const { endpoints, ...rest } = config
  const poolId = writer.insert(pool, { tenantId, name, ...rest }).id
  const said = Array.isArray(endpoints) ? endpoints.map((url: string) => [url, 1] as const) : Object.entries(endpoints)
  for (const [url, values] of said) {
    writer.insert(endpoint, { poolId, url, ...(typeof values === 'number' ? { weight: values } : values) })
  }
}
