import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { limit } from '../../src/model/limit.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { acceptingBytes, handshakeBytes } from '../support/websocket-bytes.ts'

const bandwidthBytes = 4_000_000

async function start(t: TestContext, bodyBytes: number) {
  const body = Buffer.alloc(bodyBytes, 'x')
  let uploaded = 0
  const origin = await startOrigin(t, (incoming, response) => {
    incoming.on('data', (part: Buffer) => (uploaded += part.length))
    incoming.on('end', () => response.end(incoming.method === 'GET' ? body : ''))
  })
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(
    t,
    {
      tenants: [
        { pools, limits: { tenant: { bandwidthBytes } } },
        { name: 'globex', pools },
      ],
    },
    { threads: 2 },
  )
  return { ...proxy, uploaded: () => uploaded }
}

/** Bytes per second of everybody together, as a share of the bandwidth, over some seconds and without their beginning. */
async function measure(seconds: number, count: () => number): Promise<number> {
  await eventually(() => count() > bandwidthBytes / 4)
  const [startMs, before] = [performance.now(), count()]
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  return (count() - before) / ((performance.now() - startMs) / 1_000) / bandwidthBytes
}

test('answers share the bandwidth of their tenant, and another tenant’s do not wait for it', async (t) => {
  const proxy = await start(t, 20_000_000)
  let received = 0
  const clients = Array.from({ length: 8 }, () =>
    http.get({ port: proxy.port, headers: { host: 'acme.test' }, agent: false }, (response) =>
      response.on('data', (part: Buffer) => (received += part.length)),
    ),
  )
  t.after(() => clients.forEach((client) => client.destroy()))
  const share = await measure(1, () => received)
  assert.ok(Math.abs(share - 1) < 0.15, String(share))
  const startMs = performance.now()
  const { body } = await request(proxy.port, { host: 'globex.test' })
  assert.equal(body.length, 20_000_000)
  assert.ok(performance.now() - startMs < 5_000)
  await proxy.change((writer) => writer.update(limit, 1, { bandwidthBytes: undefined, concurrency: 100 }), 'acme')
  assert.equal((await request(proxy.port)).body.length, 20_000_000, 'new requests are free at once')
})

test('small answers wait for their turn as well', async (t) => {
  const proxy = await start(t, 20_000)
  const agent = new http.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  let received = 0
  const over = new AbortController()
  const ask = async () => {
    while (!over.signal.aborted) {
      const { body } = await request(proxy.port, {}, agent)
      received += body.length
    }
  }
  const asking = Array.from({ length: 8 }, ask)
  const share = await measure(1, () => received)
  over.abort()
  await Promise.all(asking)
  assert.ok(Math.abs(share - 1) < 0.15, String(share))
})

test('uploads share it the other way', async (t) => {
  const proxy = await start(t, 0)
  const part = Buffer.alloc(64 * 1_024, 'x')
  const clients = Array.from({ length: 4 }, () => {
    const client = http.request({ port: proxy.port, method: 'POST', headers: { host: 'acme.test' }, agent: false })
    client.on('error', () => {})
    const write = () => {
      while (!client.destroyed && client.write(part));
    }
    client.on('drain', write)
    write()
    return client
  })
  t.after(() => clients.forEach((client) => client.destroy()))
  const share = await measure(1, proxy.uploaded)
  assert.ok(Math.abs(share - 1) < 0.15, String(share))
})

test('a client that leaves while it waits for its turn leaves nothing behind', async (t) => {
  const proxy = await start(t, 20_000_000)
  const client = http.get({ port: proxy.port, headers: { host: 'acme.test' }, agent: false }, (response) =>
    response.resume(),
  )
  client.on('error', () => {})
  await new Promise((resolve) => setTimeout(resolve, 200))
  client.destroy()
  await eventually(() => proxy.server.status().threads.every(({ connections }) => connections === 0))
})

test('each connection has a bandwidth of its own, which its requests share', async (t) => {
  const body = Buffer.alloc(20_000_000, 'x')
  const origin = await startOrigin(t, (incoming, response) =>
    response.end(incoming.url === '/small' ? body.subarray(0, 20_000) : body),
  )
  const pools = { web: { endpoints: [origin.url] } }
  // The strictest of several decides, and only once.
  const limits = {
    tenant: { connectionBandwidthBytes: bandwidthBytes * 2 },
    'route:route0': { connectionBandwidthBytes: bandwidthBytes / 2 },
  }
  const proxy = await startProxy(t, { tenants: [{ pools, limits }] }, { threads: 2 })
  const received = [0, 0, 0]
  for (const index of [0, 1]) {
    const client = http.get({ port: proxy.port, headers: { host: 'acme.test' }, agent: false }, (response) =>
      response.on('data', (part: Buffer) => (received[index] += part.length)),
    )
    client.on('error', () => {})
    t.after(() => client.destroy())
  }
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const over = new AbortController()
  const ask = async () => {
    while (!over.signal.aborted) {
      received[2] += (await request(proxy.port, { path: '/small' }, agent)).body.length
    }
  }
  const asking = ask()
  const share = await measure(1, () => received.reduce((sum, bytes) => sum + bytes, 0))
  over.abort()
  await asking
  assert.ok(Math.abs(share - 1.5) < 0.2, `${share} of one's`)
})

for (const way of ['up', 'down'] as const) {
  test(`WebSockets share the bandwidth of their tenant, ${way}, and lose nothing`, async (t) => {
    const origin = await startRawOrigin(t, acceptingBytes())
    const limits = { tenant: { bandwidthBytes } }
    const proxy = await startProxy(
      t,
      { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits }] },
      { threads: 2 },
    )
    const clients = await Promise.all(
      [0, 1, 2].map(async () => {
        const client = await connectRaw(t, proxy.port)
        client.write(handshakeBytes())
        await client.until()
        return client
      }),
    )
    const senders: readonly RawConnection[] = way === 'up' ? clients : origin.connections
    const receivers: readonly RawConnection[] = way === 'up' ? origin.connections : clients
    const receivedBytes = () => receivers.reduce((sum, receiver) => sum + receiver.receivedBytes, 0)
    const heads = receivedBytes()
    for (const sender of senders) sender.write('x'.repeat(bandwidthBytes))
    const share = await measure(1, () => receivedBytes() - heads)
    assert.ok(Math.abs(share - 1) < 0.15, String(share))
    await eventually(() => receivedBytes() - heads === 3 * bandwidthBytes, 10_000)
  })
}
