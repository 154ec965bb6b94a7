import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readEvents, readPool } from '../../src/control/control-client.ts'
import { tenant } from '../../src/model/tenant.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestServer } from '../support/start-server.ts'

/** An endpoint that says 500 while it is not well. */
async function startPatient(t: TestContext) {
  const health = { isWell: true, delayMs: 0 }
  const origin = await startOrigin(t, (_, response) => {
    setTimeout(() => response.writeHead(health.isWell ? 200 : 500, { 'content-length': 0 }).end(), health.delayMs)
  })
  return { url: origin.url, requests: origin.requests, health }
}

const web = { tenant: 'acme', pool: 'web' }
const quick = { ejectAfter: 0, breakerMinRequests: 10, breakerOpenMs: 300 } as const

async function ask(proxy: TestServer, times: number): Promise<number[]> {
  const statuses: number[] = []
  for (let count = 0; count < times; count++) statuses.push((await request(proxy.port)).status)
  return statuses
}

const kinds = async ({ folder }: TestServer) =>
  (await readEvents(folder, { afterId: 0, tenant: 'acme' })).map(({ kind, endpoint }) => [kind, endpoint])

test("a pool's breaker refuses with Retry-After while requests fail, and one good probe closes it", async (t) => {
  const origin = await startPatient(t)
  const pool = { endpoints: [origin.url], breaker: 'pool', ...quick } as const
  const proxy = await startProxy(t, { tenants: [{ pools: { web: pool } }] }, { threads: 2 })
  origin.health.isWell = false
  assert.ok((await ask(proxy, 10)).every((status) => status === 500))
  const refused = await eventually(async () => {
    const answer = await request(proxy.port)
    return answer.status === 503 ? answer : undefined
  })
  assert.deepEqual([JSON.parse(refused.body).code, refused.headers['retry-after']], ['breaker_open', '1'])
  const status = await readPool(proxy.folder, web)
  assert.match(status?.breaker?.reason ?? '', /^\d+ of \d+ requests failed within 10s$/)
  const before = origin.requests.length
  // Its first probe fails.
  await eventually(async () => (await request(proxy.port)).status === 500)
  assert.equal(origin.requests.length, before + 1)
  origin.health.isWell = true
  await eventually(async () => (await request(proxy.port)).status === 200)
  await eventually(async () => (await ask(proxy, 5)).every((each) => each === 200))
  assert.deepEqual(await kinds(proxy), [
    ['breaker_opened', undefined],
    ['breaker_half_open', undefined],
    ['breaker_opened', undefined],
    ['breaker_half_open', undefined],
    ['breaker_closed', undefined],
  ])
})

test("an endpoint's breaker sends its requests to the others, and a probe that is answered brings it back", async (t) => {
  const [sick, well] = [await startPatient(t), await startPatient(t)]
  const pool = { endpoints: [sick.url, well.url], breaker: 'endpoints', ...quick } as const
  const proxy = await startProxy(t, { tenants: [{ pools: { web: pool } }] }, { threads: 2 })
  sick.health.isWell = false
  const state = async () => (await readPool(proxy.folder, web))?.endpoints[0].state
  await eventually(async () => (await ask(proxy, 4)) && (await state()) === 'tripped')
  sick.health.isWell = true
  const served = sick.requests.length
  await eventually(async () => (await ask(proxy, 1)) && sick.requests.length > served)
  await eventually(async () => (await state()) === 'unchecked')
  assert.ok((await ask(proxy, 6)).every((status) => status === 200))
  assert.deepEqual(await kinds(proxy), [
    ['breaker_opened', sick.url],
    ['breaker_half_open', sick.url],
    ['breaker_closed', sick.url],
  ])
})

test("a tenant's breaker counts what all its pools answer, also slow ones, and goes when it is turned off", async (t) => {
  const [one, two] = [await startPatient(t), await startPatient(t)]
  const pools = { web: { endpoints: [one.url] }, api: { endpoints: [two.url] } }
  const routes = [{ pool: 'web' }, { path: '/api', pool: 'api' }]
  const others = { name: 'globex', pools: { web: { endpoints: [one.url] } } }
  const proxy = await startProxy(t, { tenants: [{ pools, routes }, others] })
  const row = proxy.store.find(tenant, { name: 'acme' })
  const slow = { breaker: true, breakerErrorsPercent: 0, breakerSlowPercent: 50, breakerSlowAfterMs: 20 }
  await proxy.change(
    (writer) => writer.update(tenant, row?.id ?? 0, { ...slow, breakerMinRequests: 10, breakerOpenMs: 60_000 }),
    'acme',
  )
  one.health.delayMs = 40
  await Promise.all(Array.from({ length: 10 }, () => request(proxy.port)))
  // Nobody asks meanwhile: quick answers would make the share of slow ones smaller.
  await eventually(() => proxy.logged.some(({ code }) => code === 'breaker_opened'))
  await eventually(async () => (await request(proxy.port, { path: '/api' })).status === 503)
  assert.equal((await request(proxy.port, { host: 'globex.test' })).status, 200)
  assert.match(
    proxy.logged.find(({ code }) => code === 'breaker_opened')?.msg ?? '',
    /^tenant acme: \d+ of \d+ requests/,
  )
  await proxy.change((writer) => writer.update(tenant, row?.id ?? 0, { breaker: false }), 'acme')
  assert.equal((await request(proxy.port, { path: '/api' })).status, 200)
})

test('of many requests one alone is the probe', async (t) => {
  const origin = await startPatient(t)
  const pool = { endpoints: [origin.url], breaker: 'pool', ...quick } as const
  const proxy = await startProxy(t, { tenants: [{ pools: { web: pool } }] }, { threads: 2 })
  origin.health.isWell = false
  await ask(proxy, 10)
  await eventually(async () => (await kinds(proxy)).some(([kind]) => kind === 'breaker_half_open'))
  const before = origin.requests.length
  origin.health.delayMs = 200
  const answers = await Promise.all(Array.from({ length: 20 }, () => request(proxy.port)))
  assert.equal(answers.filter(({ status }) => status === 500).length, 1)
  assert.equal(origin.requests.length, before + 1)
})
