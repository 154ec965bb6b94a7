import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import { eventually } from '../support/eventually.ts'
import { floods } from '../support/floods.ts'
import { pump, pumpedBytes, settle } from '../support/pump.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { RawScript } from '../support/start-raw-origin.ts'
import { acceptingBytes, handshakeBytes } from '../support/websocket-bytes.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const post = (fields: string) => `POST / HTTP/1.1\r\nHost: acme.test\r\n${fields}\r\n\r\n`
const get = 'GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n'
const waitMs = 15_000

async function start(t: TestContext, settings: Readonly<Record<string, string>>, script: RawScript) {
  const origin = await startRawOrigin(t, script)
  const proxy = await startProxy(t, { settings, tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  const readRecord = async () => {
    await proxy.server.close()
    return [...queryLog(proxy.folder, {})].map(({ status, code }) => [status, code])[0]
  }
  return { origin, proxy, client, readRecord }
}

/** The bound is on ten seconds, so these wait for them, all at the same time. */
test('a body must keep to its rate', { concurrency: true }, async (t) => {
  const tests = [
    t.test('one that stands still is answered with 408, and its endpoint sees no end of it', async (t) => {
      const { origin, client, readRecord } = await start(t, {}, () => {})
      client.write(`${post('Content-Length: 10')}01234`)
      const sinceMs = performance.now()
      await eventually(() => client.isEnded, waitMs)
      assert.ok(performance.now() - sinceMs > 9_900)
      assert.match(client.received, /^HTTP\/1\.1 408 [^]*\r\nConnection: close\r\n[^]*"code":"request_timeout"/)
      await origin.connections[0].untilEnded()
      assert.match(origin.connections[0].received, /\r\n\r\n01234$/)
      client.end()
      assert.deepEqual(await readRecord(), [408, 'request_timeout'])
    }),
    t.test('one that comes in drops as well, each of which would prolong a mere idle timeout', async (t) => {
      const { client } = await start(t, { 'min-body-rate': '100' }, () => {})
      client.write(post('Transfer-Encoding: chunked'))
      const timer = setInterval(() => client.write('1\r\nx\r\n'), 500)
      t.after(() => clearInterval(timer))
      await eventually(() => client.received.includes('"code":"request_timeout"'), waitMs)
    }),
    t.test('where an answer has begun, it breaks off', async (t) => {
      const { client, readRecord } = await start(t, {}, async (connection) => {
        await connection.until()
        connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nearly')
      })
      client.write(post('Content-Length: 10'))
      await eventually(() => client.isEnded, waitMs)
      assert.match(client.received, /^HTTP\/1\.1 200 [^]*\r\n\r\nearly$/)
      assert.deepEqual(await readRecord(), [200, 'client_timeout'])
    }),
    t.test('one that is slow and steady passes', async (t) => {
      const { client } = await start(t, {}, async (connection) => {
        await eventually(() => connection.received.endsWith('x'.repeat(3_600)), waitMs)
        connection.write(ok)
      })
      client.write(post('Content-Length: 3600'))
      for (let second = 0; second < 12; second += 1) {
        client.write('x'.repeat(300))
        await new Promise((resolve) => setTimeout(resolve, 1_000))
      }
      await client.until('\r\n\r\nok')
    }),
    t.test('without a rate one may stand still, and one whose endpoint takes nothing is not to blame', async (t) => {
      const { client } = await start(t, { 'min-body-rate': '0' }, async (connection) => {
        await eventually(() => connection.received.endsWith('0123456789'), waitMs)
        connection.write(ok)
      })
      const blocked = await start(t, {}, (connection) => connection.stopReading())
      blocked.client.write(post('Content-Length: 100000000') + 'x'.repeat(50_000_000))
      client.write(`${post('Content-Length: 10')}01234`)
      await new Promise((resolve) => setTimeout(resolve, 11_500))
      client.write('56789')
      await client.until('\r\n\r\nok')
      assert.equal(blocked.client.received, '')
      assert.equal(blocked.client.isEnded, false)
    }),
  ]
  await Promise.all(tests)
})

test('a client that takes nothing of its answer is cut off, which its record tells from one that has gone', async (t) => {
  const { origin, client, readRecord } = await start(t, { 'write-timeout': '500ms' }, floods)
  client.stopReading()
  client.write(get)
  await eventually(() => origin.connections[0]?.isEnded)
  client.readOn()
  await eventually(() => client.isClosed)
  assert.deepEqual(await readRecord(), [200, 'client_timeout'])
})

test('a client that pipelines and takes no answers is cut off as well', async (t) => {
  const { client } = await start(t, { 'write-timeout': '500ms' }, ok)
  client.stopReading()
  const requests = 'GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n'.repeat(1_000)
  await eventually(() => {
    if (client.unsentBytes < 1_000_000) client.write(requests)
    return client.isClosed
  }, waitMs)
})

test('a client that takes nothing of its WebSocket is cut off, and its endpoint sees a break', async (t) => {
  const { origin, client, readRecord } = await start(t, { 'write-timeout': '500ms' }, acceptingBytes())
  client.write(handshakeBytes())
  await client.until()
  client.stopReading()
  const [endpoint] = origin.connections
  const pumping = pump(endpoint)
  await eventually(() => endpoint.isClosed)
  await pumping
  assert.deepEqual(await readRecord(), [101, 'client_timeout'])
})

test('a client whose WebSocket its endpoint has half closed is not taken for one that has gone', async (t) => {
  const { origin, client, readRecord } = await start(t, { 'write-timeout': '500ms' }, acceptingBytes())
  client.write(handshakeBytes())
  await client.until()
  const [endpoint] = origin.connections
  const before = endpoint.receivedBytes
  endpoint.stopReading()
  const pumping = pump(client)
  await settle(() => client.sentBytes)
  endpoint.end()
  await client.untilEnded()
  // Time for a few looks at it.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  assert.equal(client.isClosed, false)
  endpoint.readOn()
  await eventually(() => endpoint.receivedBytes === before + pumpedBytes, waitMs)
  await pumping
  client.end()
  await eventually(() => endpoint.isClosed)
  assert.deepEqual(await readRecord(), [101, null])
})

test('a client that vanishes while its body is held back is noticed', async (t) => {
  const { origin, client, readRecord } = await start(t, { 'write-timeout': '500ms' }, (connection) =>
    connection.stopReading(),
  )
  client.write(post('Content-Length: 100000000') + 'x'.repeat(50_000_000))
  let last = -1
  await eventually(async () => {
    const before = last
    last = client.sentBytes
    await new Promise((resolve) => setTimeout(resolve, 200))
    return origin.connections.length === 1 && before === client.sentBytes
  })
  client.reset()
  const [endpoint] = origin.connections
  endpoint.readOn()
  await endpoint.untilEnded()
  assert.deepEqual(await readRecord(), [0, 'client_closed'])
})
