import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import type { Origin } from '../support/start-origin.ts'
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

function asked(origins: readonly Origin[]): number {
  return origins.reduce((sum, { requests }) => sum + requests.length, 0)
}

test('a status that the route retries never reaches the client while another endpoint has a better one', async (t) => {
  const sick = await startOrigin(t, (_request, response) => response.writeHead(503).end('out of order'))
  const proxy = await start(t, sick.url, { route: { retryOn: ['502-504'] } })
  assert.deepEqual(await ask(proxy.port, 30), { 200: 30 })
  assert.equal(asked(proxy.well), 30)
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

/** Resets the connection of every request once so much of its body is there. */
function startRude(t: TestContext, bodyBytes: number) {
  return startRawOrigin(t, (connection) => {
    connection.onHead(() => {
      void eventually(() => connection.received.split('\r\n\r\n')[1].length >= bodyBytes).then(() => connection.reset())
    })
  })
}

const put = { method: 'PUT', body: 'x'.repeat(65_000) }

test('a body of up to 64 KiB is sent again with its request', async (t) => {
  const rude = await startRude(t, put.body.length)
  const proxy = await start(t, rude.url, { route: { retryNonIdempotent: true } })
  for (const method of ['PUT', 'POST', 'PUT', 'POST', 'PUT', 'POST']) {
    const { status, body } = await request(proxy.port, { ...put, method })
    assert.equal(status, 200)
    assert.equal((JSON.parse(body) as { body: string }).body, put.body)
  }
  assert.ok(rude.connections.length >= 2, 'its turns went on')
})

test('a body in chunks is sent again, and goes on where it had come to', async (t) => {
  const rude = await startRude(t, 10)
  const well = await startOrigin(t)
  const endpoints = { [rude.url]: {}, [well.url]: { backup: true } }
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('PUT / HTTP/1.1\r\nHost: acme.test\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nfirst, \r\n5\r\nthen \r\n')
  await eventually(() => well.requests[0]?.body === 'first, then ')
  client.write('4\r\nlast\r\n0\r\n\r\n')
  await eventually(() => client.headCount === 1)
  assert.equal(well.requests[0].body, 'first, then last')
})

test('a longer body is not kept: its request ends with its attempt', async (t) => {
  const rude = await startRude(t, 1)
  const proxy = await start(t, rude.url)
  const statuses: number[] = []
  for (let at = 0; at < 3; at++) statuses.push((await request(proxy.port, { ...put, body: 'x'.repeat(65_537) })).status)
  assert.deepEqual(
    statuses.filter((status) => status !== 200),
    [502],
  )
})

test('the record names the endpoint and the fault of each attempt', async (t) => {
  const dead = await startOrigin(t)
  dead.close()
  const sick = await startOrigin(t, (_request, response) => response.writeHead(503).end())
  const well = await startOrigin(t)
  const endpoints = { [dead.url]: {}, [sick.url]: {}, [well.url]: { backup: true } }
  const proxy = await startProxy(t, {
    tenants: [{ pools: { web: { endpoints } }, routes: [{ retryOn: ['connect', '503'] }] }],
  })
  assert.equal((await request(proxy.port)).status, 200)
  await proxy.server.close()
  const [line] = queryLog(proxy.folder, {})
  assert.deepEqual(
    [line.status, line.attempts, line.endpoint, new Set(line.failed_attempts)],
    [200, 3, well.url, new Set([`${dead.url}=endpoint_connect`, `${sick.url}=503`])],
  )
})

test('a client that leaves during the wait for the second retry ends its request', async (t) => {
  const sick = await Promise.all([0, 1, 2].map(() => startOrigin(t, (_, response) => response.writeHead(503).end())))
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: { web: { endpoints: sick.map(({ url }) => url) } },
        routes: [{ retryOn: ['503'], retryBackoffMs: 600_000 }],
      },
    ],
  })
  const client = await connectRaw(t, proxy.port)
  client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => asked(sick) === 2)
  client.reset()
  await eventually(() => [...queryLog(proxy.folder, {})].length === 1)
  const [line] = queryLog(proxy.folder, {})
  assert.deepEqual([line.code, line.attempts, line.failed_attempts.length], ['client_closed', 2, 2])
  assert.equal(asked(sick), 2)
})

test('retries end with the budget: a share of the requests and ten a second', async (t) => {
  const sick = await startOrigin(t, (_request, response) => response.writeHead(503, { 'content-length': 0 }).end())
  const proxy = await start(t, sick.url, { route: { retryOn: ['503'] }, pool: { retryBudgetPercent: 10 } })
  const startMs = performance.now()
  const flood = await startFlood(t, { port: proxy.port, connections: 4 })
  await eventually(() => flood.answers > 2_000)
  await flood.stop()
  const seconds = (performance.now() - startMs) / 1_000
  const retries = asked([sick, ...proxy.well]) - flood.answers
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
