import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readPool } from '../../src/control/control-client.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { pool } from '../../src/model/pool.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestServer } from '../support/start-server.ts'

/** An endpoint that answers when it is told to, with the number of bytes it got. */
async function startHolder(t: TestContext) {
  const held: { readonly response: ServerResponse; readonly bytes: number }[] = []
  const origin = await startOrigin(t, (incoming, response) => {
    let bytes = 0
    incoming.on('data', (part: Buffer) => (bytes += part.length))
    incoming.on('end', () => held.push({ response, bytes }))
  })
  const answer = async () => {
    const { response, bytes } = await eventually(() => held.shift())
    response.end(String(bytes))
  }
  return { url: origin.url, requests: origin.requests, answer }
}

/** An endpoint that takes 5 ms and knows how many requests it had at once. */
async function startCounter(t: TestContext) {
  const seen = { most: 0, now: 0 }
  const { url } = await startOrigin(t, (_, response) => {
    seen.now += 1
    seen.most = Math.max(seen.most, seen.now)
    setTimeout(() => {
      seen.now -= 1
      response.end('ok')
    }, 5)
  })
  return { url, seen }
}

async function waiting({ folder }: TestServer): Promise<number | undefined> {
  return (await readPool(folder, { tenant: 'acme', pool: 'web' }))?.waiting
}

test('full endpoints get no more, and what waits in either thread is served in its turn', async (t) => {
  const [one, two] = [await startCounter(t), await startCounter(t)]
  const endpoints = { [one.url]: { maxConnections: 3 }, [two.url]: { maxConnections: 1 } }
  const web = { endpoints, queue: 100, queueTimeoutMs: 5_000 }
  const proxy = await startProxy(t, { tenants: [{ pools: { web } }] }, { threads: 2 })
  const flood = await startFlood(t, { port: proxy.port, connections: 24 })
  await eventually(() => flood.answers > 500)
  await flood.stop()
  assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])
  assert.deepEqual([one.seen.most, two.seen.most], [3, 1])
})

test('beyond what a pool serves at once requests are refused, and a place that is free is taken again', async (t) => {
  const holder = await startHolder(t)
  const web = { endpoints: [holder.url], maxInFlight: 2 }
  const proxy = await startProxy(t, { tenants: [{ pools: { web } }] }, { threads: 2 })
  const statuses: number[] = []
  const clients = Array.from({ length: 10 }, async () => {
    const { status, headers } = await request(proxy.port)
    statuses.push(status)
    if (status === 503) assert.equal(headers['retry-after'], '1')
  })
  await eventually(() => statuses.length === 8)
  assert.ok(statuses.every((status) => status === 503))
  await holder.answer()
  await holder.answer()
  await Promise.all(clients)
  assert.deepEqual(statuses.slice(8), [200, 200])
  const next = request(proxy.port)
  await holder.answer()
  assert.equal((await next).status, 200)
  assert.equal(holder.requests.length, 3)
})

test('who waits is served in the order of coming, with the whole of its body; who goes away is passed over', async (t) => {
  const holder = await startHolder(t)
  const web = { endpoints: [holder.url], maxInFlight: 1, queue: 3, queueTimeoutMs: 60_000 }
  const proxy = await startProxy(t, { tenants: [{ pools: { web } }] })
  const first = request(proxy.port)
  await eventually(() => holder.requests.length === 1)
  const impatient = await connectRaw(t, proxy.port)
  impatient.write('GET /gone HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  const body = 'x'.repeat(300_000)
  const second = request(proxy.port, { method: 'POST', path: '/second', body })
  await eventually(async () => (await waiting(proxy)) === 2)
  const third = request(proxy.port, { path: '/third' })
  await eventually(async () => (await waiting(proxy)) === 3)
  assert.equal((await request(proxy.port)).status, 503)
  impatient.reset()
  await eventually(async () => (await waiting(proxy)) === 2)
  for (const { client, bytes } of [
    { client: first, bytes: 0 },
    { client: second, bytes: body.length },
    { client: third, bytes: 0 },
  ]) {
    await holder.answer()
    assert.equal((await client).body, String(bytes))
  }
  assert.deepEqual(
    holder.requests.map(({ path }) => path),
    ['/', '/second', '/third'],
  )
})

test('who has waited too long is told so, and the place that comes free afterwards is for the next', async (t) => {
  const holder = await startHolder(t)
  const web = { endpoints: { [holder.url]: { maxConnections: 1 } }, queue: 1, queueTimeoutMs: 50 }
  const proxy = await startProxy(t, { tenants: [{ pools: { web } }] })
  const first = request(proxy.port)
  await eventually(() => holder.requests.length === 1)
  const late = await request(proxy.port)
  assert.deepEqual([late.status, JSON.parse(late.body).code, late.headers['retry-after']], [503, 'queue_timeout', '1'])
  await holder.answer()
  assert.equal((await first).status, 200)
  const next = request(proxy.port)
  await holder.answer()
  assert.equal((await next).status, 200)
})

test('a full endpoint keeps the clients that are pinned to it', async (t) => {
  const holder = await startHolder(t)
  const other = await startOrigin(t)
  const endpoints = { [holder.url]: { maxConnections: 1 }, [other.url]: { weight: 0 } }
  const config = { pools: { web: { endpoints, sticky: 'cookie' } } } as const
  const proxy = await startProxy(t, { tenants: [config] })
  const first = request(proxy.port)
  await holder.answer()
  const cookie = (await first).headers['set-cookie']?.[0].split(';')[0] ?? ''
  assert.match(cookie, /^mtlb_sticky/)
  await proxy.change((writer) => writer.update(endpoint, 2, { weight: 1 }), 'acme')
  const pinned = request(proxy.port, { headers: { cookie } })
  await eventually(() => holder.requests.length === 2)
  const spilled = await request(proxy.port, { headers: { cookie } })
  assert.deepEqual([spilled.status, spilled.headers['set-cookie'], other.requests.length], [200, undefined, 1])
  await holder.answer()
  assert.equal((await pinned).status, 200)
  const back = request(proxy.port, { headers: { cookie } })
  await holder.answer()
  assert.equal((await back).status, 200)
})

test('a bound that is raised lets in more at once', async (t) => {
  const holder = await startHolder(t)
  const web = { endpoints: [holder.url], maxInFlight: 1 }
  const proxy = await startProxy(t, { tenants: [{ pools: { web } }] })
  const first = request(proxy.port)
  await eventually(() => holder.requests.length === 1)
  assert.equal((await request(proxy.port)).status, 503)
  await proxy.change((writer) => writer.update(pool, 1, { maxInFlight: 2 }), 'acme')
  const second = request(proxy.port)
  await eventually(() => holder.requests.length === 2)
  assert.equal((await request(proxy.port)).status, 503)
  await holder.answer()
  await holder.answer()
  assert.deepEqual([(await first).status, (await second).status], [200, 200])
})
