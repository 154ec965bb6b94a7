import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readEvents } from '../../src/control/control-client.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { setting } from '../../src/model/setting.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

type State = 'enabled' | 'draining' | 'disabled'

async function startOrigins(t: TestContext, count: number) {
  return Promise.all(Array.from({ length: count }, () => startOrigin(t)))
}

test('a rolling drain of every endpoint under load fails no request', async (t) => {
  const origins = await startOrigins(t, 3)
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: origins.map(({ url }) => url) } } }] },
    { threads: 2 },
  )
  const flood = await startFlood(t, { port: proxy.port, connections: 8 })
  const set = (id: number, state: State) => proxy.change((writer) => writer.update(endpoint, id, { state }), 'acme')
  for (const [index, drained] of origins.entries()) {
    assert.equal((await set(index + 1, index === 1 ? 'disabled' : 'draining')).outcome, 'applied')
    // What was under way when it was applied has been seen by now.
    const underWay = flood.answers
    await eventually(() => flood.answers > underWay + 100)
    const before = drained.requests.length
    const answers = flood.answers
    await eventually(() => flood.answers > answers + 100)
    assert.equal(drained.requests.length, before, 'it is given nothing any more')
    await set(index + 1, 'enabled')
    await eventually(() => drained.requests.length > before)
  }
  await flood.stop()
  assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])
})

test('what an operator does with an endpoint is an event, and what changes nothing for it is none', async (t) => {
  const [first, second] = await startOrigins(t, 2)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [first.url, second.url] } } }] })
  for (const values of [
    { weight: 0 },
    { state: 'draining' },
    { state: 'disabled' },
    { weight: 3 },
    { state: 'enabled' },
    { weight: 4, priority: 2 },
  ] as const) {
    await proxy.change((writer) => writer.update(endpoint, 2, values), 'acme')
  }
  const events = await readEvents(proxy.folder, { afterId: 0, tenant: 'acme' })
  assert.deepEqual(
    events.map(({ kind, endpoint: url, reason }) => [kind, url, reason]),
    [
      ['endpoint_drained', second.url, 'by a change: weight 0'],
      ['endpoint_disabled', second.url, 'by a change: state disabled'],
      ['endpoint_enabled', second.url, 'by a change: weight 3'],
    ],
  )
})

test('when every endpoint drains or is disabled there is none', async (t) => {
  const [a, b] = await startOrigins(t, 2)
  const endpoints = { [a.url]: { state: 'draining' }, [b.url]: { state: 'disabled' } } as const
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints } } }] })
  assert.equal((await request(proxy.port)).status, 503)
})

test('a backup serves as soon as nobody else can be reached, also within one request', async (t) => {
  const [first, second, backup] = await startOrigins(t, 3)
  const endpoints = { [first.url]: {}, [second.url]: { priority: 1 }, [backup.url]: { backup: true } }
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints } } }] })
  for (let count = 0; count < 6; count++) await request(proxy.port)
  assert.deepEqual([first.requests.length, second.requests.length, backup.requests.length], [6, 0, 0])
  first.close()
  second.close()
  assert.equal((await request(proxy.port)).status, 200)
  assert.equal(backup.requests.length, 1)
})

test('endpoints of the own zone come first, and others when the setting says so', async (t) => {
  const [east, west] = await startOrigins(t, 2)
  const endpoints = { [east.url]: { zone: 'east' }, [west.url]: { zone: 'west' } }
  const proxy = await startProxy(t, { settings: { zone: 'east' }, tenants: [{ pools: { web: { endpoints } } }] })
  for (let count = 0; count < 4; count++) await request(proxy.port)
  assert.deepEqual([east.requests.length, west.requests.length], [4, 0])
  const row = proxy.store.find(setting, { name: 'zone' })
  await proxy.change((writer) => writer.update(setting, row?.id ?? 0, { value: 'west' }))
  for (let count = 0; count < 4; count++) await request(proxy.port)
  assert.deepEqual([east.requests.length, west.requests.length], [4, 4])
  west.close()
  assert.equal((await request(proxy.port)).status, 200, 'another zone does when the own one cannot be reached')
})

test('an endpoint that joins others starts slowly', async (t) => {
  const [old, young] = await startOrigins(t, 2)
  const pool = { endpoints: [old.url], slowStartMs: 60_000 }
  const proxy = await startProxy(t, { tenants: [{ pools: { web: pool } }] })
  await request(proxy.port)
  await proxy.change((writer) => writer.insert(endpoint, { poolId: 1, url: young.url }), 'acme')
  for (let count = 0; count < 42; count++) await request(proxy.port)
  assert.equal(young.requests.length, 2, 'one twentieth of its share, of 21 turns one')
})
