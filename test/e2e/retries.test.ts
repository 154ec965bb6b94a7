import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { TestPool, TestRoute } from '../support/write-config.ts'

/** One origin that fails, two that do not. */
async function start(t: TestContext, sickUrl: string, options: { route?: TestRoute; pool?: Partial<TestPool> } = {}) {
  const well = await Promise.all([0, 1].map(() => startOrigin(t)))
  const endpoints = [sickUrl, ...well.map(({ url }) => url)]
  const pools = { web: { ejectAfter: 0, ...options.pool, endpoints } }
  return { ...(await startProxy(t, { tenants: [{ pools, routes: [options.route ?? {}] }] })), well }
}

async function ask(port: number, times: number, method = 'GET'): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {}
  for (let at = 0; at < times; at++) {
    const { status } = await request(port, { method })
    statuses[status] = (statuses[status] ?? 0) + 1
  }
  return statuses
}

test('a status that the route retries never reaches the client while another endpoint has a better one', async (t) => {
  const sick = await startOrigin(t, (_request, response) => response.writeHead(503).end('out of order'))
  const proxy = await start(t, sick.url, { route: { retryOn: ['502-504'] } })
  assert.deepEqual(await ask(proxy.port, 30), { 200: 30 })
  const answered = proxy.well.reduce((sum, { requests }) => sum + requests.length, 0)
  assert.equal(answered, 30)
  assert.ok(sick.requests.length >= 10, 'its turns went on')
  assert.deepEqual(await ask(proxy.port, 3, 'POST'), { 200: 2, 503: 1 })
})

test('without it the client has the answer, and also when nobody is left to ask', async (t) => {
  const sick = await startOrigin(t, (_request, response) => response.writeHead(503).end('out of order'))
  const proxy = await start(t, sick.url)
  assert.deepEqual(await ask(proxy.port, 3), { 200: 2, 503: 1 })
  const alone = await startProxy(t, {
    tenants: [{ pools: { web: { endpoints: [sick.url] } }, routes: [{ retryOn: ['503'] }] }],
  })
  assert.equal((await request(alone.port)).body, 'out of order')
})

test('a connection that breaks under an idempotent request is not the client’s trouble', async (t) => {
  const rude = await startRawOrigin(t, (connection) => connection.onHead(() => connection.reset()))
  const proxy = await start(t, rude.url)
  assert.deepEqual(await ask(proxy.port, 30), { 200: 30 })
  assert.deepEqual(await ask(proxy.port, 3, 'POST'), { 200: 2, 502: 1 })
})

test('an endpoint that does not answer in time is left for another where the route says so', async (t) => {
  const silent = await startRawOrigin(t, () => {})
  const proxy = await start(t, silent.url, { route: { retryOn: ['timeout'], timeoutMs: 100 } })
  assert.deepEqual(await ask(proxy.port, 3), { 200: 3 })
})

test('retries end with the budget: a share of the requests and ten a second', async (t) => {
  const sick = await startOrigin(t, (_request, response) => response.writeHead(503, { 'content-length': 0 }).end())
  const proxy = await start(t, sick.url, { route: { retryOn: ['503'] }, pool: { retryBudgetPercent: 10 } })
  const startMs = performance.now()
  const flood = await startFlood(t, { port: proxy.port, connections: 4 })
  await eventually(() => flood.answers > 2_000)
  await flood.stop()
  const seconds = (performance.now() - startMs) / 1_000
  const asked = sick.requests.length + proxy.well.reduce((sum, { requests }) => sum + requests.length, 0)
  const retries = asked - flood.answers
  const most = flood.answers * 0.1 + 10 * seconds + 11
  assert.ok(retries <= most, `${retries} of ${flood.answers} in ${seconds} s`)
  assert.ok(retries >= flood.answers * 0.09, `${retries} of ${flood.answers}`)
  assert.ok((flood.statuses.get(503) ?? 0) > 0)
})

test('a killed endpoint under load fails no request', async (t) => {
  const origins = await Promise.all([0, 1, 2].map(() => startOrigin(t)))
  const endpoints = origins.map(({ url }) => url)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints } } }] }, { threads: 2 })
  const flood = await startFlood(t, { port: proxy.port, connections: 8 })
  await eventually(() => flood.answers > 500)
  origins[0].close()
  const answers = flood.answers
  await eventually(() => flood.answers > answers + 1_000)
  await flood.stop()
  assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])
})
