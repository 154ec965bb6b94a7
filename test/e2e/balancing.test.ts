import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

test('round-robin shares by weight, whichever thread a client has', async (t) => {
  const [heavy, light] = [await startOrigin(t), await startOrigin(t)]
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: { [heavy.url]: 3, [light.url]: 1 } } } }] },
    { threads: 2 },
  )
  const flood = await startFlood(t, { port: proxy.port, connections: 16 })
  await eventually(() => flood.answers >= 800)
  await eventually(() => proxy.server.status().threads.every(({ connections }) => connections > 0))
  await flood.stop()
  assert.deepEqual([...flood.statuses.keys()], [200])
  const total = heavy.requests.length + light.requests.length
  assert.equal(total, flood.answers)
  // Each thread keeps its own turn, so that a turn under way is all that can be missing.
  assert.ok(Math.abs(heavy.requests.length - total * 0.75) <= 4, `${heavy.requests.length} of ${total}`)
})

test('least-connections levels what is under way over both threads', async (t) => {
  const origins = await Promise.all([0, 1, 2, 3].map(() => startRawOrigin(t, () => {})))
  const endpoints = origins.map(({ url }) => url)
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints, balance: 'least-connections' } } }] },
    { threads: 2 },
  )
  const underWay = () => origins.map(({ connections }) => connections.filter((each) => each.headCount > 0).length)
  for (let count = 1; count <= 24; count += 1) {
    const client = await connectRaw(t, proxy.port)
    client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
    await eventually(() => underWay().reduce((sum, each) => sum + each, 0) === count)
  }
  const perThread = proxy.server.status().threads.map(({ connections }) => connections)
  assert.ok(
    perThread.every((connections) => connections > 0),
    `the kernel gave one thread nothing: ${perThread.join()}`,
  )
  assert.deepEqual(underWay(), [6, 6, 6, 6])
})

test('least-connections keeps away from an endpoint that hangs', async (t) => {
  const hanging = await startRawOrigin(t, () => {})
  const lively = await startOrigin(t)
  const endpoints = [hanging.url, lively.url]
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints, balance: 'least-connections' } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('GET /stuck HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => hanging.connections.length === 1)
  const flood = await startFlood(t, { port: proxy.port, connections: 1 })
  await eventually(() => flood.answers >= 100)
  await flood.stop()
  assert.equal(hanging.connections.length, 1)
})
