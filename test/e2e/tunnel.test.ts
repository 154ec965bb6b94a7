import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import type { LogLine } from '../../src/ledger/log-query.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { TestServer } from '../support/start-server.ts'
import { acceptingBytes, handshakeBytes } from '../support/websocket-bytes.ts'

interface TunnelOptions {
  readonly settings?: Readonly<Record<string, string>>
  readonly routes?: readonly {
    readonly requestTimeoutMs?: number
    readonly timeoutMs?: number
    readonly idleTimeoutMs?: number
  }[]
  readonly drainMs?: number
}

/** A proxy, and a function that opens a tunnel through it and returns both ends, with nothing unread. */
async function start(t: TestContext, { settings = {}, routes, drainMs = 2_000 }: TunnelOptions = {}) {
  const origin = await startRawOrigin(t, acceptingBytes())
  const tenant = { pools: { web: { endpoints: [origin.url] } }, ...(routes === undefined ? {} : { routes }) }
  const proxy = await startProxy(t, { settings, tenants: [tenant] }, { drainMs })
  const open = async () => {
    const index = origin.connections.length
    const client = await connectRaw(t, proxy.port)
    client.write(handshakeBytes())
    await client.until()
    const endpoint = origin.connections[index]
    return { client, endpoint, headBytes: { client: client.receivedBytes, endpoint: endpoint.receivedBytes } }
  }
  return { origin, proxy, open }
}

async function readLog(proxy: TestServer): Promise<LogLine[]> {
  await proxy.server.close()
  return [...queryLog(proxy.folder, {})]
}

test('a tunnel leaves one record, at its end, with the bytes of both directions and its duration', async (t) => {
  const { proxy, open } = await start(t)
  const { client, endpoint, headBytes } = await open()
  client.write('0123456789')
  await endpoint.until('0123456789')
  endpoint.write('hello')
  await client.until('hello')
  assert.equal(proxy.server.status().threads[0].connections, 1)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  assert.deepEqual([...queryLog(proxy.folder, {})], [], 'no record before the end')
  client.end()
  await endpoint.untilEnded()
  endpoint.end()
  await client.untilEnded()
  const [line, ...more] = await readLog(proxy)
  assert.deepEqual(more, [])
  assert.deepEqual([line.status, line.code, line.path, line.attempts], [101, null, '/chat', 1])
  assert.equal(line.bytes_in, handshakeBytes().length + 10)
  assert.equal(line.bytes_out, headBytes.client + 5)
  assert.ok(line.duration_ms >= 1_100 && line.endpoint_ms !== null && line.endpoint_ms < 1_000)
})

test('the client closes its side: the endpoint gets everything and then the end, and may go on', async (t) => {
  const { proxy, open } = await start(t)
  const { client, endpoint } = await open()
  client.end('last words')
  await endpoint.untilEnded()
  assert.ok(endpoint.received.endsWith('last words'))
  assert.equal(client.isEnded, false)
  endpoint.end('and mine')
  await client.untilEnded()
  assert.ok(client.received.endsWith('and mine'))
  assert.deepEqual(
    (await readLog(proxy)).map(({ code }) => code),
    [null],
  )
})

test('the endpoint closes its side: the client gets everything and then the end, and may go on', async (t) => {
  const { proxy, open } = await start(t)
  const { client, endpoint } = await open()
  endpoint.end('last words')
  await client.untilEnded()
  assert.ok(client.received.endsWith('last words'))
  assert.equal(endpoint.isEnded, false)
  client.end('and mine')
  await endpoint.untilEnded()
  assert.ok(endpoint.received.endsWith('and mine'))
  assert.deepEqual(
    (await readLog(proxy)).map(({ code }) => code),
    [null],
  )
})

test('the end comes after megabytes that were still on their way', async (t) => {
  const { origin, proxy, open } = await start(t)
  const { client, endpoint, headBytes } = await open()
  const large = 'x'.repeat(8 * 2 ** 20)
  client.stopReading()
  endpoint.stopReading()
  client.end(large)
  endpoint.end(large)
  await new Promise((resolve) => setTimeout(resolve, 100))
  client.readOn()
  endpoint.readOn()
  await Promise.all([client.untilEnded(), endpoint.untilEnded()])
  assert.equal(client.receivedBytes, headBytes.client + large.length)
  assert.equal(endpoint.receivedBytes, headBytes.endpoint + large.length)
  assert.equal(origin.connections.length, 1)
  assert.deepEqual(
    (await readLog(proxy)).map(({ code }) => code),
    [null],
  )
})

test('a reset of one side is a reset of the other, and the record names who broke', async (t) => {
  const { proxy, open } = await start(t)
  const first = await open()
  first.client.reset()
  await eventually(() => first.endpoint.isReset)
  const second = await open()
  second.endpoint.reset()
  await eventually(() => second.client.isReset)
  assert.deepEqual(
    (await readLog(proxy)).map(({ status, code }) => [status, code]),
    [
      [101, 'client_closed'],
      [101, 'endpoint_closed'],
    ],
  )
})

test('an endpoint that ends or breaks with its 101 does so for the client as well', async (t) => {
  const origin = await startRawOrigin(t, async (connection, index) => {
    await connection.until()
    if (index === 0) return connection.end(`${acceptingBytes()}bye`)
    connection.write(acceptingBytes())
    setImmediate(() => connection.reset())
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const ended = await connectRaw(t, proxy.port)
  ended.write(handshakeBytes())
  await ended.untilEnded()
  assert.match(ended.received, /^HTTP\/1\.1 101 [^]*\r\n\r\nbye$/)
  assert.equal(ended.isReset, false)
  ended.end('late')
  await origin.connections[0].until('late')
  const broken = await connectRaw(t, proxy.port)
  broken.write(handshakeBytes())
  await eventually(() => broken.isClosed)
  const [first, second] = await readLog(proxy)
  assert.deepEqual([first.status, first.code], [101, null])
  assert.match(String(second.code), /^endpoint_closed$/)
})

test('a client that closes is gone for good, although its endpoint goes on to send', async (t) => {
  const { proxy, open } = await start(t)
  const { client, endpoint } = await open()
  client.end()
  await endpoint.untilEnded()
  client.reset()
  await eventually(() => {
    endpoint.write('more')
    return endpoint.isClosed
  })
  assert.deepEqual(
    (await readLog(proxy)).map(({ code }) => code),
    [null],
  )
})

test('an endpoint that is gone after its end does not keep the client', async (t) => {
  const { proxy, open } = await start(t)
  const { client, endpoint } = await open()
  endpoint.end('bye')
  await client.untilEnded()
  endpoint.reset()
  await eventually(() => {
    client.write('more')
    return client.isClosed
  })
  assert.ok(client.received.endsWith('bye'))
  assert.deepEqual(
    (await readLog(proxy)).map(({ code }) => code),
    [null],
  )
})

test('a tunnel that lies idle is closed, one with bytes from either side is not', async (t) => {
  const { proxy, open } = await start(t, { settings: { 'tunnel-idle-timeout': '700ms' } })
  const [idle, fromClient, fromEndpoint] = [await open(), await open(), await open()]
  const timer = setInterval(() => {
    fromClient.client.write('.')
    fromEndpoint.endpoint.write('.')
  }, 50)
  t.after(() => clearInterval(timer))
  await Promise.all([idle.client.untilEnded(), idle.endpoint.untilEnded()])
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  assert.ok(!fromClient.client.isEnded && !fromEndpoint.client.isEnded)
  clearInterval(timer)
  await Promise.all([fromClient, fromEndpoint].map(({ client }) => client.untilEnded()))
  assert.deepEqual(
    (await readLog(proxy)).map(({ status, code }) => [status, code]),
    [0, 1, 2].map(() => [101, 'tunnel_idle']),
  )
})

test('a tunnel is closed when it has reached its age, however busy it is', async (t) => {
  const { proxy, open } = await start(t, { settings: { 'tunnel-max-age': '800ms' } })
  const { client, endpoint } = await open()
  const timer = setInterval(() => client.write('.'), 20)
  t.after(() => clearInterval(timer))
  await Promise.all([client.untilEnded(), endpoint.untilEnded()])
  assert.deepEqual(
    (await readLog(proxy)).map(({ status, code }) => [status, code]),
    [[101, 'tunnel_expired']],
  )
})

test('the times of requests do not bound a tunnel', async (t) => {
  const settings = { 'header-timeout': '200ms', 'idle-timeout': '200ms', 'endpoint-idle-timeout': '200ms' }
  const { proxy, open } = await start(t, {
    settings: { ...settings, 'write-timeout': '200ms' },
    routes: [{ requestTimeoutMs: 300, timeoutMs: 300, idleTimeoutMs: 300 }],
  })
  const { client, endpoint } = await open()
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  assert.ok(!client.isEnded && !endpoint.isEnded)
  client.write('still there?')
  await endpoint.until('still there?')
  client.reset()
  assert.equal((await readLog(proxy)).length, 1)
})

test('an open tunnel is busy: a stopping server waits for it, and cuts it off with a record when time is up', async (t) => {
  const { proxy, open } = await start(t, { drainMs: 600 })
  const first = await open()
  const second = await open()
  const closing = proxy.server.close()
  second.client.write('while it drains')
  await second.endpoint.until('while it drains')
  first.client.end()
  await first.endpoint.untilEnded()
  first.endpoint.end()
  await first.client.untilEnded()
  await closing
  await Promise.all([second.client.untilEnded(), second.endpoint.untilEnded()])
  const lines = [...queryLog(proxy.folder, {})]
  assert.deepEqual(
    lines.map(({ status, code }) => [status, code]),
    [
      [101, null],
      [101, 'tunnel_drained'],
    ],
  )
})

test('a tunnel counts as in flight for as long as it is open', async (t) => {
  const origins = await Promise.all([0, 1].map(() => startRawOrigin(t, acceptingBytes())))
  const pools = { web: { endpoints: origins.map(({ url }) => url), balance: 'least-connections' } }
  const proxy = await startProxy(t, { tenants: [{ pools }] })
  const clients: RawConnection[] = []
  for (let i = 0; i < 10; i += 1) {
    const client = await connectRaw(t, proxy.port)
    client.write(handshakeBytes())
    await client.until()
    clients.push(client)
  }
  // Least connections can only spread what it counts.
  assert.deepEqual(
    origins.map(({ connections }) => connections.length),
    [5, 5],
  )
  const [gone] = origins
  for (const connection of gone.connections) connection.end()
  await eventually(() => clients.filter(({ isEnded }) => isEnded).length === 5)
  for (const client of clients.filter(({ isEnded }) => isEnded)) client.end()
  await eventually(() => gone.connections.every(({ isClosed }) => isClosed))
  for (let i = 0; i < 5; i += 1) {
    const client = await connectRaw(t, proxy.port)
    client.write(handshakeBytes())
    await client.until()
    clients.push(client)
  }
  assert.deepEqual(
    origins.map(({ connections }) => connections.length),
    [10, 5],
  )
  for (const client of clients) client.reset()
})

test('ordinary requests go on beside a tunnel, on connections of their own', async (t) => {
  const origin = await startRawOrigin(t, (connection) => {
    connection.onHead((head) => {
      connection.write(head.includes('Upgrade') ? acceptingBytes() : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write(handshakeBytes())
  await client.until()
  client.write('GET /not-a-request HTTP/1.1\r\n\r\n')
  for (let i = 0; i < 20; i += 1) assert.equal((await request(proxy.port)).body, 'ok')
  assert.equal(origin.connections.length, 2)
  client.reset()
})
