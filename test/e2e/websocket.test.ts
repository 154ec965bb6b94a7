import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startWebSocketOrigin } from '../support/start-websocket-origin.ts'
import { openWebSocket } from '../support/websocket-client.ts'

async function startEcho(t: TestContext) {
  const origin = await startWebSocketOrigin(t)
  const proxy = await startProxy(t, {
    tenants: [{ hosts: ['localhost'], pools: { web: { endpoints: [origin.url] } } }],
  })
  return { origin, proxy, url: `ws://localhost:${proxy.port}/chat` }
}

test('text, binary and empty messages come back as they went', async (t) => {
  const { url } = await startEcho(t)
  const client = await openWebSocket(t, url)
  for (const message of ['hello', '', 'žluťoučký kůň 🐎', Buffer.from([0, 255, 10, 13]), 'x'.repeat(70_000)]) {
    client.send(message)
    assert.deepEqual(await client.next(), message)
  }
})

test('a message of 1 MiB comes back whole, and many small ones in order', async (t) => {
  const { url } = await startEcho(t)
  const client = await openWebSocket(t, url)
  const large = Buffer.alloc(2 ** 20, 'abcdefg')
  client.send(large)
  assert.deepEqual(await client.next(), large)
  for (let i = 0; i < 1_000; i += 1) client.send(`message ${i}`)
  for (let i = 0; i < 1_000; i += 1) assert.equal(await client.next(), `message ${i}`)
})

test('a ping of the endpoint is answered by the client', async (t) => {
  const { url, origin } = await startEcho(t)
  await openWebSocket(t, url)
  origin.ping('are you there?')
  await eventually(() => origin.pongs.length === 1)
  assert.deepEqual(origin.pongs, ['are you there?'])
})

test('the subprotocol that the endpoint chooses reaches the client', async (t) => {
  const { url } = await startEcho(t)
  const client = await openWebSocket(t, url, ['chat.v2', 'chat.v1'])
  assert.equal(client.protocol, 'chat.v2')
})

test('a client that closes and an endpoint that closes both end in good order', async (t) => {
  const { url, origin } = await startEcho(t)
  const first = await openWebSocket(t, url)
  first.close(4_001)
  assert.deepEqual(await first.closed, { code: 4_001, wasClean: true })
  const second = await openWebSocket(t, url)
  origin.closeAll()
  assert.deepEqual(await second.closed, { code: 1_001, wasClean: true })
  await eventually(() => origin.openCount === 0)
})

test('an endpoint reached through two proxies', async (t) => {
  const origin = await startWebSocketOrigin(t)
  const inner = await startProxy(t, {
    tenants: [{ hosts: ['localhost'], pools: { web: { endpoints: [origin.url] } } }],
  })
  const pools = { web: { endpoints: [`http://127.0.0.1:${inner.port}`] } }
  const outer = await startProxy(t, { tenants: [{ hosts: ['localhost'], pools }] })
  const client = await openWebSocket(t, `ws://localhost:${outer.port}/`)
  const large = Buffer.alloc(300_000, 'two')
  client.send(large)
  assert.deepEqual(await client.next(), large)
  assert.equal(origin.handshakes[0].headers.via, '1.1 mtlb')
  client.close(1_000)
  assert.deepEqual(await client.closed, { code: 1_000, wasClean: true })
  await eventually(() => origin.openCount === 0)
})
