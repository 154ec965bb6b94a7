import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { endpoint } from '../../src/model/endpoint.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import type { TestRequest } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestPool, TestRoute } from '../support/write-config.ts'

interface Asked {
  /** Index of the endpoint. */
  readonly by: number
  readonly response: ServerResponse
  readonly incoming: IncomingMessage
}

/** A route whose usual answer comes at once, and two endpoints that hold back every answer for /late. */
async function start(t: TestContext, route: TestRoute = {}, pool: Partial<TestPool> = {}) {
  const asked: Asked[] = []
  const origins = await Promise.all(
    [0, 1].map((by) =>
      startOrigin(t, (incoming, response) => {
        if (incoming.url === '/late') asked.push({ by, response, incoming })
        else response.end('usual')
      }),
    ),
  )
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: { web: { ...pool, endpoints: origins.map(({ url }) => url) } },
        routes: [{ hedge: true, ...route }],
      },
    ],
  })
  for (let at = 0; at < 150; at++) await request(proxy.port)
  const isCut = ({ incoming }: Asked) => incoming.socket.destroyed
  const ask = (wanted: TestRequest = {}) => request(proxy.port, { path: '/late', ...wanted })
  const record = async () => {
    await proxy.server.close()
    const [line] = [...queryLog(proxy.folder, {})].filter(({ path }) => path === '/late')
    return {
      status: line.status,
      code: line.code,
      attempts: line.attempts,
      failed: line.failed_attempts,
      endpoint: line.endpoint,
    }
  }
  return { ...proxy, origins, asked, isCut, ask, record, urls: origins.map(({ url }) => url) }
}

test('a late request is sent to another endpoint as well, and who answers first is heard', async (t) => {
  const { ask, asked, isCut, record, urls } = await start(t)
  const answer = ask()
  await eventually(() => asked.length === 2)
  assert.notEqual(asked[0].by, asked[1].by)
  asked[1].response.end('second')
  assert.equal((await answer).body, 'second')
  await eventually(() => isCut(asked[0]))
  assert.deepEqual(await record(), {
    status: 200,
    code: null,
    attempts: 2,
    failed: [`${urls[asked[0].by]}=outrun`],
    endpoint: urls[asked[1].by],
  })
})

test('what is usual for a route outlives changes of its pool', async (t) => {
  const { ask, asked, change } = await start(t)
  await change((writer) => writer.update(endpoint, 1, { weight: 2 }), 'acme')
  const answer = ask()
  await eventually(() => asked.length === 2)
  for (const { response } of asked) response.end('well')
  assert.equal((await answer).body, 'well')
})

test('the first one may be faster after all', async (t) => {
  const { ask, asked, isCut, record, urls } = await start(t)
  const answer = ask()
  await eventually(() => asked.length === 2)
  asked[0].response.write('fir')
  await eventually(() => isCut(asked[1]))
  asked[0].response.end('st')
  assert.equal((await answer).body, 'first')
  const { failed, endpoint } = await record()
  assert.deepEqual([failed, endpoint], [[`${urls[asked[1].by]}=outrun`], urls[asked[0].by]])
})

for (const [name, fail, code] of [
  ['a status of 5xx', (response: ServerResponse) => void response.writeHead(500).end('sorry'), '500'],
  ['a break', (response: ServerResponse) => void response.socket?.destroy(), 'endpoint_closed'],
] as const) {
  for (const [loser, winner] of [
    [0, 1],
    [1, 0],
  ]) {
    test(`${name} of attempt ${loser + 1} leaves the answer to the other`, async (t) => {
      const { ask, asked, record, urls } = await start(t)
      const answer = ask()
      await eventually(() => asked.length === 2)
      fail(asked[loser].response)
      await new Promise((resolve) => setTimeout(resolve, 20))
      asked[winner].response.end('well')
      assert.deepEqual([(await answer).status, (await answer).body], [200, 'well'])
      const { failed, endpoint } = await record()
      assert.deepEqual([failed, endpoint], [[`${urls[asked[loser].by]}=${code}`], urls[asked[winner].by]])
    })
  }
}

test('when both fail the client is told of the last', async (t) => {
  const { ask, asked, record } = await start(t)
  const answer = ask()
  await eventually(() => asked.length === 2)
  asked[0].response.socket?.destroy()
  await eventually(() => asked[0].incoming.socket.destroyed)
  asked[1].response.socket?.destroy()
  // Over a connection that was idle before: once more over a fresh one. On a busy machine a hedge may have burnt that one earlier.
  let isAnswered = false
  void answer.then(() => (isAnswered = true))
  await eventually(() => asked.length === 3 || isAnswered)
  asked[2]?.response.socket?.destroy()
  assert.equal((await answer).status, 502)
  const { attempts, code, failed } = await record()
  assert.deepEqual([attempts, code, failed.length], [asked.length, 'endpoint_closed', asked.length - 1])
})

test('a client that leaves ends both attempts', async (t) => {
  const { port, asked, isCut, record } = await start(t)
  const client = await connectRaw(t, port)
  client.write('GET /late HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => asked.length === 2)
  client.reset()
  await eventually(() => asked.every(isCut))
  assert.deepEqual((await record()).code, 'client_closed')
})

for (const [name, options, wanted] of [
  ['a route that does not ask for it', { hedge: false }, {}],
  ['a POST', {}, { method: 'POST' }],
  ['a request with a body', {}, { method: 'PUT', body: 'x' }],
  ['a route with one attempt', { attempts: 1 }, {}],
] as const) {
  test(`${name} is not hedged`, async (t) => {
    const { ask, asked } = await start(t, options)
    const answer = ask(wanted)
    await eventually(() => asked.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.equal(asked.length, 1)
    asked[0].response.end('first')
    assert.equal((await answer).body, 'first')
  })
}

test('hedges are retries: a pool without any left has none', async (t) => {
  const { ask, asked } = await start(t, {}, { retryBudgetPercent: 0 })
  const answers = Array.from({ length: 40 }, () => ask())
  await eventually(() => asked.length > 40)
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.ok(asked.length <= 53, String(asked.length))
  for (const { response } of asked) response.end('well')
  const bodies = await Promise.all(answers.map(async (answer) => (await answer).body))
  assert.deepEqual(new Set(bodies), new Set(['well']))
})
