import { endpoint } from '../../src/model/endpoint.ts'
import { host } from '../../src/model/host.ts'
import { ipRule } from '../../src/model/ip-rule.ts'
import { key } from '../../src/model/key.ts'
import { limit } from '../../src/model/limit.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Store } from '../../src/store/store.ts'
import { origin } from '../support/temp-store.ts'

/** A tenant with one row of everything that a tenant can own; the ids of them all. */
export function writeExample(store: Store, name = 'acme') {
  const { result } = store.write(origin, (writer) => {
    const tenantId = writer.insert(tenant, { name }).id
    const poolId = writer.insert(pool, { tenantId, name: 'web' }).id
    return {
      tenantId,
      poolId,
      hostId: writer.insert(host, { tenantId, name: `api.${name}.test` }).id,
      endpointId: writer.insert(endpoint, { poolId, url: 'http://127.0.0.1:9001', weight: 3 }).id,
      routeId: writer.insert(route, {
        tenantId,
        name: 'api',
        path: '/v1',
        methods: ['GET', 'POST'],
        pool: 'web',
        stripPrefix: true,
      }).id,
      keyId: writer.insert(key, { tenantId, name: 'ci', hash: 'ab'.repeat(32), prefix: 'mtlb_abcd' }).id,
      limitId: writer.insert(limit, { tenantId, target: 'tenant', rate: '100/s' }).id,
      ipRuleId: writer.insert(ipRule, { tenantId, range: '203.0.113.0/24', action: 'deny', note: 'scanner' }).id,
    }
  })
  return result
}
