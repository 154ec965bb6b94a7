import { mintKey } from '../../auth/key.ts'
import type { Clock } from '../../kit/clock.ts'
import { endpoint } from '../../model/endpoint.ts'
import { host } from '../../model/host.ts'
import { ipRule } from '../../model/ip-rule.ts'
import { key } from '../../model/key.ts'
import { limit } from '../../model/limit.ts'
import { listener } from '../../model/listener.ts'
import { pool } from '../../model/pool.ts'
import { route } from '../../model/route.ts'
import { setting } from '../../model/setting.ts'
import { tenant } from '../../model/tenant.ts'
import { openStore } from '../../store/open-store.ts'
import type { Writer } from '../../store/writer.ts'

export interface DemoOptions {
  readonly folder: string
  readonly clock: Clock
  readonly bind: string
  /** Two of acme, then two of globex. */
  readonly urls: readonly string[]
}

/** Secrets by tenant. */
export interface DemoKeys {
  readonly acme: string
  readonly globex: string
}

/** Fills an empty data folder with the two tenants of the demo. */
export function writeDemo({ folder, clock, bind, urls }: DemoOptions): DemoKeys {
  const store = openStore({ folder, access: 'write', clock })
  try {
    const main = store.find(listener, { name: 'main' })
    const { result } = store.write({ actor: 'demo', command: 'mtlb demo' }, (writer) => {
      if (main !== undefined) writer.update(listener, main.id, { bind })
      // So that a forwarded address counts, and a denied one can be shown.
      writer.insert(setting, { name: 'trusted-proxies', value: '127.0.0.1/32' })
      return { acme: writeAcme(writer, urls.slice(0, 2)), globex: writeGlobex(writer, urls.slice(2)) }
    })
    return result
  } finally {
    store.close()
  }
}

function writeAcme(writer: Writer, urls: readonly string[]): string {
  const { id: tenantId } = writer.insert(tenant, { name: 'acme' })
  writer.insert(host, { tenantId, name: 'acme.test' })
  writePool(writer, { tenantId, name: 'web', balance: 'round-robin', urls })
  writer.insert(route, { tenantId, name: 'api', path: '/', pool: 'web' })
  writer.insert(limit, { tenantId, target: 'tenant', rate: '5/s', burst: 10 })
  writer.insert(ipRule, { tenantId, range: '203.0.113.0/24', action: 'deny', note: 'scanner' })
  return writeKey(writer, tenantId)
}

function writeGlobex(writer: Writer, urls: readonly string[]): string {
  const { id: tenantId } = writer.insert(tenant, { name: 'globex' })
  writer.insert(host, { tenantId, name: 'globex.test' })
  writePool(writer, { tenantId, name: 'app', balance: 'least-connections', urls })
  writer.insert(route, { tenantId, name: 'api', path: '/', pool: 'app' })
  writer.insert(route, { tenantId, name: 'open', path: '/open', pool: 'app', auth: 'none' })
  return writeKey(writer, tenantId)
}

interface DemoPool {
  readonly tenantId: number
  readonly name: string
  readonly balance: string
  readonly urls: readonly string[]
}

function writePool(writer: Writer, { urls, ...values }: DemoPool): void {
  const { id: poolId } = writer.insert(pool, values)
  for (const url of urls) writer.insert(endpoint, { poolId, url })
}

function writeKey(writer: Writer, tenantId: number): string {
  const { secret, hash, prefix } = mintKey()
  writer.insert(key, { tenantId, name: 'demo', hash, prefix })
  return secret
}
