import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { assertProblem } from '../support/run-scenarios.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

interface Fault {
  readonly name: string
  readonly misbehave: (connection: RawConnection) => void
  readonly status: number
  readonly code: string
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const faults: readonly Fault[] = [
  {
    name: 'garbage',
    misbehave: (connection) => connection.write('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
    status: 502,
    code: 'endpoint_protocol',
  },
  {
    name: 'a broken field',
    misbehave: (connection) => connection.write('HTTP/1.1 200 OK\r\nBroken Field: 1\r\n\r\n'),
    status: 502,
    code: 'endpoint_protocol',
  },
  {
    name: 'two lengths',
    misbehave: (connection) => connection.write(ok.replace('Length: 2', 'Length: 2\r\nContent-Length: 3')),
    status: 502,
    code: 'endpoint_protocol',
  },
  {
    name: 'a switch of protocols that nobody asked for',
    misbehave: (connection) => connection.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'),
    status: 502,
    code: 'endpoint_protocol',
  },
  {
    name: 'hints without end',
    misbehave: (connection) => connection.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)),
    status: 502,
    code: 'endpoint_protocol',
  },
  {
    name: 'garbage in the place of a chunk, in one piece with the head',
    misbehave: (connection) =>
      connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\nzz\r\n'),
    status: 502,
    code: 'endpoint_protocol',
  },
  { name: 'a close', misbehave: (connection) => connection.end(), status: 502, code: 'endpoint_closed' },
  { name: 'a reset', misbehave: (connection) => connection.reset(), status: 502, code: 'endpoint_closed' },
  {
    name: 'half a head and a close',
    misbehave: (connection) => connection.end('HTTP/1.1 200 O'),
    status: 502,
    code: 'endpoint_closed',
  },
  { name: 'silence', misbehave: () => {}, status: 504, code: 'endpoint_timeout' },
  {
    name: 'half a head and silence',
    misbehave: (connection) => connection.write('HTTP/1.1 200 OK\r\nContent-'),
    status: 504,
    code: 'endpoint_timeout',
  },
]

test('an endpoint’s fault hurts one request alone, and its connection is never used again', async (t) => {
  let misbehave: Fault['misbehave'] = () => {}
  const origin = await startRawOrigin(t, (connection) => {
    connection.onHead((head) => (head.startsWith('GET /good') ? connection.write(ok) : misbehave(connection)))
  })
  const proxy = await startProxy(t, {
    tenants: [
      { pools: { web: { endpoints: [origin.url] } }, routes: [{ path: '/' }, { path: '/bad', timeoutMs: 1_000 }] },
    ],
  })

  for (const fault of faults) {
    await t.test(`${fault.name}: ${fault.status} ${fault.code}`, async () => {
      misbehave = fault.misbehave
      const [bad, good] = await Promise.all([
        request(proxy.port, { method: 'POST', path: '/bad', body: '' }),
        request(proxy.port, { path: '/good' }),
      ])
      assert.equal(bad.status, fault.status, bad.body)
      assertProblem(bad, fault.code)
      assert.deepEqual([good.status, good.body], [200, 'ok'])
      const hurt = origin.connections.filter(({ received }) => received.includes('POST /bad'))
      await eventually(() => hurt.every(({ isEnded }) => isEnded))
      for (const { received } of hurt) assert.doesNotMatch(received, /POST \/bad HTTP[^]* HTTP\/1\.1\r\n/)
    })
  }
})

const cuts: readonly (readonly [name: string, answer: string])[] = [
  ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this'],
  ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n9\r\nonly'],
]

for (const [name, answer] of cuts) {
  test(`an answer ${name} that breaks off is seen to break off`, async (t) => {
    const origin = await startRawOrigin(t, async (connection) => {
      await connection.until()
      connection.end(answer)
    })
    const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
    await assert.rejects(request(proxy.port), { code: 'ECONNRESET' })
  })
}

test('an answer whose chunks turn to garbage after its first bytes went out breaks off', async (t) => {
  const origin = await startRawOrigin(t, (connection) => {
    connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n')
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await client.until('first\r\n')
  origin.connections[0].write('zz\r\n')
  await client.untilEnded()
  assert.ok(client.received.endsWith('first\r\n'), client.received)
})

test('bytes after an answer reach nobody', async (t) => {
  const origin = await startRawOrigin(t, `${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  for (let round = 0; round < 3; round += 1) assert.equal((await request(proxy.port)).body, 'ok')
  assert.equal(origin.connections.length, 3)
})

test('bytes that come while a connection is idle reach nobody', async (t) => {
  const origin = await startRawOrigin(t, ok)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  await request(proxy.port)
  origin.connections[0].write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison')
  await origin.connections[0].untilEnded()
  assert.equal((await request(proxy.port)).body, 'ok')
})

test('a refused connection is tried again on another endpoint, whatever the method', async (t) => {
  const dead = await startOrigin(t)
  const live = await startOrigin(t)
  dead.close()
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [dead.url, live.url] } } }] })
  for (const method of ['GET', 'POST', 'GET', 'POST']) {
    const answer = await request(proxy.port, { method, body: 'payload' })
    assert.equal(answer.status, 200, answer.body)
    assert.equal(JSON.parse(answer.body).body, 'payload')
  }
  assert.equal(live.requests.length, 4)
})

test('when every endpoint refuses the connection the client learns it', async (t) => {
  const origins = [await startOrigin(t), await startOrigin(t)]
  for (const origin of origins) origin.close()
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: origins.map(({ url }) => url) } } }] })
  const answer = await request(proxy.port)
  assert.equal(answer.status, 502)
  assertProblem(answer, 'endpoint_connect')
})

test('a connection that the endpoint closed while it was idle costs an idempotent request nothing', async (t) => {
  const origin = await startRawOrigin(t, async (connection, index) => {
    await connection.until()
    connection.write(ok)
    if (index > 0) return
    await connection.until('GET /again')
    connection.reset()
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('GET /once HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await client.until('ok')
  client.write('GET /again HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => client.received.match(/\r\n\r\nok/g)?.length === 2)
  assert.equal(origin.connections.length, 2)
})

test('a connection that breaks under a POST is not tried again', async (t) => {
  const origin = await startRawOrigin(t, async (connection) => {
    await connection.until()
    connection.reset()
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  assertProblem(await request(proxy.port, { method: 'POST', body: 'pay' }), 'endpoint_closed')
  assert.equal(origin.connections.length, 1)
})

test('a pool without endpoints, or with all of them draining, has none', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: { empty: { endpoints: [] }, drained: { endpoints: { [origin.url]: 0 } } },
        routes: [{ path: '/empty' }, { path: '/drained', pool: 'drained' }],
      },
    ],
  })
  for (const path of ['/empty', '/drained']) {
    const answer = await request(proxy.port, { path })
    assert.equal(answer.status, 503)
    assertProblem(answer, 'no_endpoint')
  }
})

test('a client that goes away takes its request to the endpoint with it', async (t) => {
  const origin = await startRawOrigin(t, () => {})
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => origin.connections[0]?.headCount === 1)
  client.reset()
  await origin.connections[0].untilEnded()
})

test('an early answer is delivered, and both connections end', async (t) => {
  const origin = await startRawOrigin(t, async (connection) => {
    await connection.until()
    connection.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nbig!')
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('POST / HTTP/1.1\r\nHost: acme.test\r\nContent-Length: 1000000\r\n\r\nstart')
  await client.until('big!')
  assert.match(client.received, /^HTTP\/1\.1 413 /)
  await origin.connections[0].untilEnded()
  await client.untilEnded()
})
