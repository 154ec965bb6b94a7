import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { mintKey } from '../../src/auth/key.ts'
import { readLimits } from '../../src/control/control-client.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { limit } from '../../src/model/limit.ts'
import { plan } from '../../src/model/plan.ts'
import { tenant } from '../../src/model/tenant.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestServer } from '../support/start-server.ts'
import type { TestTenant } from '../support/write-config.ts'

async function start(t: TestContext, changes: Partial<TestTenant>, threads = 1) {
  const origin = await startOrigin(t, (_, response) => response.writeHead(200, { 'content-length': 5 }).end('hello'))
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } }, ...changes }] },
    { threads },
  )
  return { origin, proxy, ask: () => request(proxy.port, { path: '/v1' }) }
}

async function leftOf(proxy: TestServer, quota: string): Promise<number | undefined> {
  const limits = await readLimits(proxy.folder, 'acme')
  return limits?.flatMap(({ quotas }) => quotas).find((one) => one.quota === quota)?.left
}

test('of 200 requests at once with 10 units left exactly 10 are admitted', async (t) => {
  const { proxy, origin, ask } = await start(t, { limits: { tenant: { quotas: ['1000000/month', '60/day'] } } }, 4)
  for (let count = 0; count < 50; count++) await ask()
  const answers = await Promise.all(Array.from({ length: 200 }, ask))
  assert.equal(answers.filter(({ status }) => status === 200).length, 10)
  assert.equal(answers.filter(({ status }) => status === 429).length, 190)
  assert.equal(origin.requests.length, 60)
  assert.deepEqual([await leftOf(proxy, '60/day'), await leftOf(proxy, '1000000/month')], [0, 999_940])
})

test('whoever is refused is told which quota is used up and when there is more', async (t) => {
  const { proxy, ask } = await start(t, { limits: { tenant: { quotas: ['1/5h'], rate: '9/s' } } })
  const first = await ask()
  assert.equal(first.headers['ratelimit-policy'], '"tenant";q=9;w=1, "tenant/requests/5h";q=1;w=18000')
  assert.match(String(first.headers.ratelimit), /^"tenant\/requests\/5h";r=0;t=\d+$/)
  const second = await ask()
  const { code, 'violated-policies': violated } = JSON.parse(second.body) as Record<string, unknown>
  assert.deepEqual([second.status, code, violated], [429, 'quota_exceeded', ['tenant/requests/5h']])
  const seconds = Number(second.headers['retry-after'])
  const rest = Number(/t=(\d+)$/.exec(String(second.headers.ratelimit))?.[1])
  assert.ok(seconds >= rest - 1 && seconds <= rest + 62, `${seconds} of ${rest}`)
  const record = await eventually(() => [...queryLog(proxy.folder, { status: '429' })][0])
  assert.equal(record.code, 'quota_exceeded')
})

test('bytes and time at endpoints are counted to what the record says', async (t) => {
  const { proxy, ask } = await start(t, { limits: { tenant: { quotas: ['1MB/day', '1h/week'] } } })
  for (let count = 0; count < 3; count++) await ask()
  const records = await eventually(() => {
    const found = [...queryLog(proxy.folder, {})]
    return found.length === 3 ? found : undefined
  })
  const bytes = records.reduce((sum, record) => sum + record.bytes_in + record.bytes_out, 0)
  assert.equal(await leftOf(proxy, '1MB/day'), 1e6 - bytes)
  const left = await leftOf(proxy, '1h/week')
  assert.ok(left !== undefined && left < 3_600_000 && left > 3_590_000, String(left))
})

test('a key that is minted anew has used what the one before has used', async (t) => {
  const [before, after] = [mintKey().secret, mintKey().secret]
  const quota = { quotas: ['2/day'] }
  const { proxy } = await start(t, { routes: [{ auth: 'key' }], keys: { ci: before }, limits: { 'key:ci': quota } })
  const ask = async (key: string) => (await request(proxy.port, { path: '/', headers: { 'x-api-key': key } })).status
  assert.deepEqual([await ask(before), await ask(before), await ask(before)], [200, 200, 429])
  await proxy.change((writer) => {
    writer.remove(limit, 1)
  })
  assert.equal(await ask(before), 200)
  await proxy.change((writer) => {
    writer.insert(limit, { tenantId: 1, target: 'key:ci', ...quota })
  })
  assert.equal(await ask(before), 429)
  assert.equal(await ask(after), 401)
})

test("a plan's quotas are each tenant's own, until it has others", async (t) => {
  const { proxy, ask } = await start(t, {})
  await proxy.change((writer) => {
    writer.insert(plan, { name: 'free', quotas: ['2/day'] })
    writer.update(tenant, 1, { plan: 'free' })
  })
  assert.deepEqual([(await ask()).status, (await ask()).status, (await ask()).status], [200, 200, 429])
  await proxy.change((writer) => {
    writer.insert(limit, { tenantId: 1, target: 'tenant', quotas: ['3/day'] })
  })
  // What was used of the plan's was used: both are the tenant's requests of a day.
  assert.deepEqual([(await ask()).status, (await ask()).status], [200, 429])
})

test('what is used survives a restart to the unit', async (t) => {
  const { proxy, ask } = await start(t, { limits: { tenant: { quotas: ['100/month'] } } })
  for (let count = 0; count < 7; count++) await ask()
  await proxy.server.close()
  const again = await startProxy(t, { tenants: [] }, { folder: proxy.folder })
  assert.equal(await leftOf(again, '100/month'), 93)
})
