import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readEvents, readPool } from '../../src/control/control-client.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestPool } from '../support/write-config.ts'

const web = { tenant: 'acme', pool: 'web' }

async function start(t: TestContext, options: Omit<TestPool, 'endpoints'> & { count?: number } = {}) {
  const { count = 3, ...rest } = options
  let status = 503
  let retryAfter: string | undefined
  const sick = await startOrigin(t, (_request, response) => {
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter)
    response.writeHead(status, { 'content-length': 0 }).end()
  })
  const others = await Promise.all(Array.from({ length: count - 1 }, () => startOrigin(t)))
  const endpoints = [sick, ...others].map(({ url }) => url)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { ejectAfter: 3, endpoints, ...rest } } }] })
  return {
    proxy,
    sick,
    answerWith: (next: number, after?: string) => {
      status = next
      retryAfter = after
    },
    states: async () => (await readPool(proxy.folder, web))?.endpoints.map(({ state }) => state),
    events: () => readEvents(proxy.folder, { afterId: 0, tenant: 'acme' }),
    ask: async (times: number) => {
      const statuses: number[] = []
      for (let at = 0; at < times; at++) statuses.push((await request(proxy.port)).status)
      return statuses
    },
  }
}

test('an endpoint that fails three requests in a row is ejected, with the reason, and gets none', async (t) => {
  const { sick, states, events, ask } = await start(t)
  assert.equal((await ask(9)).filter((status) => status === 503).length, 3)
  await eventually(async () => (await states())?.[0] === 'ejected')
  assert.deepEqual(await states(), ['ejected', 'unchecked', 'unchecked'])
  assert.deepEqual(new Set(await ask(12)), new Set([200]))
  assert.equal(sick.requests.length, 3)
  const [{ kind, endpoint: url, reason }] = await events()
  assert.deepEqual(
    [kind, url, reason],
    ['endpoint_ejected', sick.url, '3 failures in a row, the last: status 503; out for 10s'],
  )
})

test('a good answer in between starts the count anew', async (t) => {
  const { states, ask, answerWith } = await start(t)
  for (let round = 0; round < 3; round++) {
    answerWith(503)
    await ask(6)
    answerWith(404)
    await ask(3)
  }
  assert.deepEqual(await states(), ['unchecked', 'unchecked', 'unchecked'])
})

test('it returns when its time is over; each further ejection is twice as long', async (t) => {
  const { states, events, ask } = await start(t, { ejectTimeMs: 300 })
  for (const times of [1, 2]) {
    await ask(9)
    await eventually(async () => (await events()).length === times * 2)
    assert.deepEqual(await states(), ['unchecked', 'unchecked', 'unchecked'])
  }
  const told = (await events()).map(({ kind, reason }) => `${kind} ${/out for \S+/.exec(reason)?.[0] ?? ''}`.trim())
  assert.deepEqual(told, [
    'endpoint_ejected out for 300ms',
    'endpoint_returned',
    'endpoint_ejected out for 600ms',
    'endpoint_returned',
  ])
})

test('what the endpoint asks for by Retry-After is honoured, within the longest ejection', async (t) => {
  const { answerWith, ask, events } = await start(t, { ejectTimeMs: 300 })
  answerWith(503, '60')
  await ask(9)
  await eventually(async () => (await events()).some(({ reason }) => reason.endsWith('out for 1m')))
})

test('never more than half of a pool is ejected', async (t) => {
  const sick = await Promise.all([0, 1, 2].map(() => startOrigin(t, (_, response) => response.writeHead(500).end())))
  const endpoints = sick.map(({ url }) => url)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { ejectAfter: 2, endpoints } } }] })
  for (let at = 0; at < 20; at++) assert.equal((await request(proxy.port)).status, 500)
  const states = (await readPool(proxy.folder, web))?.endpoints.map(({ state }) => state)
  assert.equal(states?.filter((state) => state === 'ejected').length, 1)
})

test('an endpoint that cannot be reached is ejected, and no request of a client fails by it', async (t) => {
  const { sick, states, ask } = await start(t)
  sick.close()
  assert.deepEqual(new Set(await ask(12)), new Set([200]))
  await eventually(async () => (await states())?.[0] === 'ejected')
})

test('an endpoint that is taken away and comes back is not ejected', async (t) => {
  const { proxy, sick, states, ask } = await start(t)
  await ask(9)
  await eventually(async () => (await states())?.[0] === 'ejected')
  await proxy.change((writer) => writer.remove(endpoint, 1), 'acme')
  await proxy.change((writer) => writer.insert(endpoint, { poolId: 1, url: sick.url }), 'acme')
  assert.deepEqual(await states(), ['unchecked', 'unchecked', 'unchecked'])
})

test('with --eject-after 0 nobody is ejected', async (t) => {
  const { states, ask } = await start(t, { ejectAfter: 0 })
  assert.equal((await ask(30)).filter((status) => status === 503).length, 10)
  assert.deepEqual(await states(), ['unchecked', 'unchecked', 'unchecked'])
})
