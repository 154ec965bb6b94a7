import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

const part = 'x'.repeat(256 * 1024)
const totalBytes = 256 * part.length

/** What kernel buffers on both sides of the proxy and the proxy itself may hold; a fraction of the whole. */
const mostHeldBytes = 24 * 2 ** 20

/** Writes as fast as it is taken, like a program that heeds back-pressure. */
async function pump(connection: RawConnection): Promise<void> {
  for (let sent = 0; sent < totalBytes; sent += part.length) {
    connection.write(part)
    while (connection.unsentBytes > 2 * part.length && !connection.isClosed) await pause()
  }
}

test('a client that does not read stops the endpoint, and gets everything once it reads', async (t) => {
  const origin = await startRawOrigin(t, async (connection) => {
    await connection.until()
    connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${totalBytes}\r\n\r\n`)
    await pump(connection)
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.stopReading()
  client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  const heldBytes = await settle(() => origin.connections[0]?.sentBytes ?? 0)
  assert.ok(heldBytes < mostHeldBytes, `the endpoint got rid of ${heldBytes} bytes that nobody has read`)
  client.readOn()
  await eventually(() => client.receivedBytes >= totalBytes, 20_000)
})

test('an endpoint that does not read stops the client, and gets everything once it reads', async (t) => {
  const origin = await startRawOrigin(t, async (connection) => {
    await connection.until()
    connection.stopReading()
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write(`POST / HTTP/1.1\r\nHost: acme.test\r\nContent-Length: ${totalBytes}\r\n\r\n`)
  const pumping = pump(client)
  await eventually(() => origin.connections.length === 1)
  const heldBytes = await settle(() => client.sentBytes)
  assert.ok(heldBytes < mostHeldBytes, `the client got rid of ${heldBytes} bytes that nobody has read`)
  const [endpoint] = origin.connections
  endpoint.readOn()
  await eventually(() => endpoint.receivedBytes >= totalBytes, 20_000)
  await pumping
  endpoint.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')
  await client.until('done')
})

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

/** The value once it has stood still for a quarter of a second, and is not 0. */
async function settle(read: () => number): Promise<number> {
  let last = 0
  let since = performance.now()
  return eventually(() => {
    const value = read()
    if (value !== last) since = performance.now()
    last = value
    return performance.now() - since > 250 && value > 0 ? value : undefined
  }, 15_000)
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}
