import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoint } from '../../src/model/endpoint.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { startTwoTenants } from '../support/start-two-tenants.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const get = (path: string, host = 'acme.test') => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`

test('two tenants with the same endpoint never share a connection to it', async (t) => {
  const origin = await startRawOrigin(t, ok)
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(t, {
    tenants: [
      { name: 'acme', pools },
      { name: 'globex', pools },
    ],
  })
  for (let round = 0; round < 5; round += 1) {
    for (const host of ['acme.test', 'globex.test']) await request(proxy.port, { host })
  }
  assert.equal(origin.connections.length, 2)
  for (const { received } of origin.connections) {
    assert.equal(new Set(received.match(/X-Mtlb-Tenant: \w+/g)).size, 1)
  }
})

test('there are as many connections to an endpoint as requests at once, and none is counted when all have gone', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const flood = await startFlood(t, { port: proxy.port, connections: 8 })
  await eventually(() => flood.answers >= 500)
  await flood.stop()
  assert.ok(origin.connectionCount <= 8, `${origin.connectionCount} connections`)
  await eventually(() => proxy.server.status().threads.every(({ connections }) => connections === 0))
})

test('one client connection may carry requests of several tenants', async (t) => {
  const { origin, proxy } = await startTwoTenants(t)
  const client = await connectRaw(t, proxy.port)
  client.write(get('/1', 'acme.test') + get('/2', 'globex.test') + get('/3', 'nobody.test') + get('/4', 'acme.test'))
  await client.until('"path":"/4"')
  assert.deepEqual(
    origin.requests.map(({ headers }) => headers['x-mtlb-tenant']),
    ['acme', 'globex', 'acme'],
  )
})

test('a request target in absolute form says which tenant is meant', async (t) => {
  const { origin, proxy } = await startTwoTenants(t)
  const client = await connectRaw(t, proxy.port)
  client.write('GET http://globex.test/abs?x=1 HTTP/1.1\r\nHost: globex.test\r\n\r\n')
  await client.until('"path":"/abs?x=1"')
  assert.equal(origin.requests[0].headers['x-mtlb-tenant'], 'globex')
  client.write('GET http://globex.test/abs HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => origin.requests.length === 2 || client.isEnded)
  // Either reading is sound, a mixture is not.
  for (const { headers } of origin.requests) assert.equal(headers.host, `${String(headers['x-mtlb-tenant'])}.test`)
})

test('a refused request with a short body leaves the connection usable', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write(`POST /lost HTTP/1.1\r\nHost: nobody.test\r\nContent-Length: 5\r\n\r\nhello${get('/next')}`)
  await client.until('"path":"/next"')
  assert.match(client.received, /^HTTP\/1\.1 404 /)
})

test('a client that is still sending a large body can read why it was refused', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('POST /lost HTTP/1.1\r\nHost: nobody.test\r\nContent-Length: 100000000\r\n\r\n')
  client.write('x'.repeat(5_000_000))
  await client.until('no_route')
  assert.match(client.received, /connection: close/i)
})

test('an idle client connection is closed after the idle timeout', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, {
    settings: { 'idle-timeout': '100ms' },
    tenants: [{ pools: { web: { endpoints: [origin.url] } } }],
  })
  const client = await connectRaw(t, proxy.port)
  client.write(get('/once'))
  await client.until('"path":"/once"')
  await client.untilEnded()
  assert.equal(client.headCount, 1)
})

test('an idle connection to an endpoint is closed after its timeout, and another one serves', async (t) => {
  const origin = await startRawOrigin(t, ok)
  const proxy = await startProxy(t, {
    settings: { 'endpoint-idle-timeout': '100ms' },
    tenants: [{ pools: { web: { endpoints: [origin.url] } } }],
  })
  await request(proxy.port)
  await origin.connections[0].untilEnded()
  assert.equal((await request(proxy.port)).status, 200)
  assert.equal(origin.connections.length, 2)
})

test('a removed endpoint’s connections are closed: the idle at once, those of requests under way after them', async (t) => {
  const leaving = await startRawOrigin(t, (connection) =>
    connection.onHead((head) => {
      if (!head.includes('/slow')) connection.write(ok)
    }),
  )
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [leaving.url] } } }] })
  await request(proxy.port)
  await proxy.change((writer) => writer.remove(endpoint, 1))
  await leaving.connections[0].untilEnded()

  await proxy.change((writer) => writer.insert(endpoint, { poolId: 1, url: leaving.url }))
  const client = await connectRaw(t, proxy.port)
  client.write(get('/slow'))
  await eventually(() => leaving.connections[1]?.headCount === 1)
  await proxy.change((writer) => writer.remove(endpoint, 2))
  leaving.connections[1].write(ok)
  await client.until('ok')
  await leaving.connections[1].untilEnded()
  assert.equal(client.isEnded, false)
})

test('an endpoint is counted on again, however its requests ended', async (t) => {
  const odd = await startRawOrigin(t, (connection) =>
    connection.onHead((head) => {
      if (head.includes('/ok')) connection.write(ok)
      if (head.includes('/garbage')) connection.write('nonsense\r\n\r\n')
      if (head.includes('/close')) connection.end()
      if (head.includes('/cut')) connection.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort')
    }),
  )
  const even = await startRawOrigin(t, ok)
  const balance = 'least-connections'
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: { web: { endpoints: [odd.url, even.url], balance } },
        routes: [{ path: '/' }, { path: '/silent', timeoutMs: 50 }],
      },
    ],
  })
  for (let round = 0; round < 4; round += 1) {
    for (const path of ['/ok', '/garbage', '/close', '/cut', '/silent']) {
      await request(proxy.port, { path, method: 'POST', body: '' }).catch(() => {})
    }
  }
  const gone = await connectRaw(t, proxy.port)
  gone.write(get('/hang') + get('/hang'))
  await eventually(
    () => odd.connections.at(-1)?.received.includes('/hang') || even.connections.at(-1)?.received.includes('/hang'),
  )
  gone.reset()

  // With nothing under way both are equal again: they take turns.
  const countsOf = () =>
    [odd, even].map(({ connections }) => connections.reduce((sum, each) => sum + each.headCount, 0))
  const before = countsOf()
  for (let round = 0; round < 20; round += 1) await request(proxy.port, { path: '/ok' })
  assert.deepEqual(
    countsOf().map((count, index) => count - before[index]),
    [10, 10],
  )
})

test('a connection that sends a head one byte at a time is cut off in time', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, {
    settings: { 'header-timeout': '200ms' },
    tenants: [{ pools: { web: { endpoints: [origin.url] } } }],
  })
  const client = await connectRaw(t, proxy.port)
  const startMs = performance.now()
  client.write('GET / HTTP/1.1\r\nHost: acme.test\r\nX-Slow: ')
  await eventually(() => {
    client.write('x')
    return client.received.includes('request_timeout')
  })
  assert.ok(performance.now() - startMs < 2_000)
})

test('CONNECT makes mtlb nobody’s tunnel', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write(`CONNECT 127.0.0.1:${origin.port} HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`)
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 4\d\d |^HTTP\/1\.1 501 /)
  assert.equal(origin.connectionCount, 0)
})
