import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { pump, pumpedBytes, settle } from '../support/pump.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

/** What kernel buffers on both sides of the proxy and the proxy itself may hold; a fraction of what is pumped. */
const mostHeldBytes = 24 * 2 ** 20

/** How a message says where its body ends; chunked, it is one huge chunk. */
const inChunks = {
  framing: 'chunks',
  field: 'Transfer-Encoding: chunked',
  before: `${pumpedBytes.toString(16)}\r\n`,
  after: '\r\n0\r\n\r\n',
}
const withLength = { framing: 'a length', field: `Content-Length: ${pumpedBytes}`, before: '', after: '' }
const untilClose = { framing: 'the end of the connection', field: 'Connection: close', before: '', after: '' }

for (const { framing, field, before, after } of [withLength, inChunks, untilClose]) {
  test(`a client that does not read stops the endpoint, and gets everything once it reads: by ${framing}`, async (t) => {
    const origin = await startRawOrigin(t, async (connection) => {
      await connection.until()
      connection.write(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n${before}`)
      await pump(connection)
      connection.end(after)
    })
    const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
    const client = await connectRaw(t, proxy.port)
    client.stopReading()
    client.write('GET / HTTP/1.1\r\nHost: acme.test\r\nConnection: close\r\n\r\n')
    const heldBytes = await settle(() => origin.connections[0]?.sentBytes ?? 0)
    assert.ok(heldBytes < mostHeldBytes, `the endpoint got rid of ${heldBytes} bytes that nobody has read`)
    client.readOn()
    await eventually(() => client.receivedBytes >= pumpedBytes, 20_000)
    await client.untilEnded()
    assert.equal(client.isReset, false)
  })
}

for (const { framing, field, before, after } of [withLength, inChunks]) {
  test(`an endpoint that does not read stops the client, and gets everything once it reads: by ${framing}`, async (t) => {
    const origin = await startRawOrigin(t, async (connection) => {
      await connection.until()
      connection.stopReading()
    })
    const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
    const client = await connectRaw(t, proxy.port)
    client.write(`POST / HTTP/1.1\r\nHost: acme.test\r\n${field}\r\n\r\n${before}`)
    const pumping = pump(client)
    await eventually(() => origin.connections.length === 1)
    const heldBytes = await settle(() => client.sentBytes)
    assert.ok(heldBytes < mostHeldBytes, `the client got rid of ${heldBytes} bytes that nobody has read`)
    const [endpoint] = origin.connections
    endpoint.readOn()
    await pumping
    client.write(after)
    await eventually(() => endpoint.receivedBytes >= pumpedBytes, 20_000)
    endpoint.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')
    await client.until('done')
  })
}

test('a client that pipelines without reading does not make the proxy hold its requests', async (t) => {
  const origin = await startRawOrigin(t, () => {})
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('GET /first HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  const pumping = pump(client)
  const heldBytes = await settle(() => client.sentBytes)
  assert.ok(heldBytes < mostHeldBytes, `the client got rid of ${heldBytes} bytes`)
  client.reset()
  await pumping
})

test('a client that pipelines and does not read refusals is stopped, and gets every one once it reads', async (t) => {
  const proxy = await startProxy(t, { tenants: [] })
  const client = await connectRaw(t, proxy.port)
  client.stopReading()
  const requests = 'GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n'.repeat(1_000)
  let sent = 0
  const sender = { isOver: false }
  const sending = (async () => {
    while (!sender.isOver) {
      client.write(requests)
      sent += 1_000
      while (client.unsentBytes > requests.length && !sender.isOver) await pause()
    }
  })()
  await settle(() => client.sentBytes)
  sender.isOver = true
  await sending
  client.readOn()
  client.write('GET /last HTTP/1.1\r\nHost: nobody.test\r\nConnection: close\r\n\r\n')
  await client.untilEnded()
  assert.ok(client.receivedBytes > 200 * sent, `${client.receivedBytes} bytes for ${sent} requests`)
})

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}
