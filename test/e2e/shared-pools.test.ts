import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readPool } from '../../src/control/control-client.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { pool } from '../../src/model/pool.ts'
import { tenant } from '../../src/model/tenant.ts'
import { eventually } from '../support/eventually.ts'
import { keepAsking } from '../support/keep-asking.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestPool, TestTenant } from '../support/write-config.ts'

const sharing = (name: string, more: Partial<TestTenant> = {}): TestTenant => ({
  name,
  pools: {},
  grants: ['all'],
  routes: [{ name: 'api', pool: 'shared/all' }],
  ...more,
})

/** Tenants that share one pool, whose endpoint answers after so long. */
async function start(
  t: TestContext,
  tenants: readonly TestTenant[],
  { ms = 0, ...bounds }: Partial<TestPool> & { readonly ms?: number } = {},
) {
  const origin = await startOrigin(t, (_, response) => setTimeout(() => response.end('ok'), ms))
  const pools = { all: { endpoints: [origin.url], ...bounds } }
  const shared: TestTenant = { name: 'shared', hosts: [], routes: [], pools }
  const proxy = await startProxy(t, { tenants: [shared, ...tenants] }, { threads: 2 })
  return { origin, ...proxy }
}

test('tenants share a pool, never a connection to it', async (t) => {
  const { origin, port, folder, server } = await start(t, [sharing('acme'), sharing('globex')])
  for (const host of ['acme.test', 'globex.test', 'acme.test', 'globex.test']) {
    assert.equal((await request(port, { host })).status, 200)
  }
  assert.deepEqual(
    origin.requests.map(({ headers }) => headers['x-mtlb-tenant']),
    ['acme', 'globex', 'acme', 'globex'],
  )
  assert.ok(origin.connectionCount >= 2 && origin.connectionCount <= 4)
  await server.close()
  const lines = [...queryLog(folder, { tenant: 'globex' })]
  assert.deepEqual(
    lines.map((line) => [line.tenant, line.endpoint]),
    [
      ['globex', origin.url],
      ['globex', origin.url],
    ],
  )
})

test('a change of the shared pool holds at once for all who share it, and losing the grant keeps what was', async (t) => {
  const { port, change } = await start(t, [sharing('acme'), sharing('globex')])
  const hosts = ['acme.test', 'globex.test']
  for (const host of hosts) assert.equal((await request(port, { host })).status, 200)
  const other = await startOrigin(t, (_, response) => response.end('other'))
  await change((writer) => writer.update(pool, 1, { breaker: 'pool' }), 'shared')
  for (const host of hosts) assert.equal((await request(port, { host })).body, 'ok')
  await change((writer) => {
    writer.remove(pool, 1)
    const { id } = writer.insert(pool, { tenantId: 1, name: 'all' })
    writer.insert(endpoint, { poolId: id, url: other.url })
  }, 'shared')
  for (const host of hosts) assert.equal((await request(port, { host })).body, 'other')
  await change((writer) => writer.remove(pool, 2), 'shared')
  for (const host of hosts) assert.equal((await request(port, { host })).status, 503)
})

test('a tenant that floods a shared pool gets its part, and a full queue refuses nobody else', async (t) => {
  const bounds = { ms: 5, maxInFlight: 4, queue: 8, queueTimeoutMs: 2_000 }
  const { port, folder } = await start(t, [sharing('acme'), sharing('globex')], bounds)
  const loud = keepAsking(t, port, { host: 'acme.test', clients: 40 })
  await eventually(() => (loud.statuses.get(503) ?? 0) > 10)
  const before = loud.statuses.get(200) ?? 0
  await eventually(async () => {
    const status = await readPool(folder, { tenant: 'shared', pool: 'all' })
    return status?.inFlight === 4 && status.shares?.[0].tenant === 'acme' && status.shares[0].waiting > 0
  })
  const quiet = keepAsking(t, port, { host: 'globex.test', clients: 4 })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const [ofLoud, ofQuiet] = [(loud.statuses.get(200) ?? 0) - before, quiet.statuses.get(200) ?? 0]
  await Promise.all([loud.end(), quiet.end()])
  assert.deepEqual([...quiet.statuses.keys()], [200])
  assert.ok(ofQuiet / ofLoud > 0.8 && ofQuiet / ofLoud < 1.3, `${ofQuiet} of the quiet one, ${ofLoud} of the other`)
})

test('weights hold across threads, and change while traffic flows', async (t) => {
  const bounds = { ms: 4, maxInFlight: 4, queue: 100, queueTimeoutMs: 5_000 }
  const { port, change } = await start(t, [sharing('acme', { weight: 3 }), sharing('globex')], bounds)
  const heavy = keepAsking(t, port, { host: 'acme.test', clients: 20 })
  const light = keepAsking(t, port, { host: 'globex.test', clients: 20 })
  const ratio = async () => {
    const before = [heavy, light].map(({ statuses }) => statuses.get(200) ?? 0)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    return ((heavy.statuses.get(200) ?? 0) - before[0]) / ((light.statuses.get(200) ?? 0) - before[1])
  }
  await eventually(() => (light.statuses.get(200) ?? 0) > 20)
  const first = await ratio()
  await change((writer) => writer.update(tenant, 2, { weight: 1 }), 'acme')
  const second = await ratio()
  await Promise.all([heavy.end(), light.end()])
  assert.ok(first > 2.5 && first < 3.5, `${first} of 3`)
  assert.ok(second > 0.8 && second < 1.25, `${second} of 1`)
})
