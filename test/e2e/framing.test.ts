import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { RawScript } from '../support/start-raw-origin.ts'

const get = (path: string, extra = '') => `GET ${path} HTTP/1.1\r\nHost: acme.test\r\n${extra}\r\n`

async function startWithRaw(t: TestContext, script: RawScript) {
  const origin = await startRawOrigin(t, script)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  return { origin, port: proxy.port }
}

async function startWithEcho(t: TestContext) {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  return { origin, port: proxy.port }
}

test('connections are kept on both sides', async (t) => {
  const { origin, port } = await startWithEcho(t)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  let sockets = 0
  agent.on('free', () => {
    sockets += 1
  })
  for (let round = 0; round < 20; round += 1) {
    const answer = await request(port, { method: 'POST', body: `round ${round}` }, agent)
    assert.equal(JSON.parse(answer.body).body, `round ${round}`)
  }
  assert.equal(sockets, 20)
  assert.equal(origin.connectionCount, 1)
})

test('pipelined requests are answered in order, bodies among them', async (t) => {
  const { origin, port } = await startWithEcho(t)
  const client = await connectRaw(t, port)
  const post = (path: string) => `POST ${path} HTTP/1.1\r\nHost: acme.test\r\nContent-Length: 3\r\n\r\nabc`
  client.write(get('/1') + post('/2') + get('/3') + post('/4') + get('/5', 'Connection: close\r\n'))
  await client.untilEnded()
  assert.deepEqual(
    [...client.received.matchAll(/"path":"([^"]+)"/g)].map((match) => match[1]),
    ['/1', '/2', '/3', '/4', '/5'],
  )
  assert.deepEqual(
    origin.requests.map(({ body }) => body),
    ['', 'abc', '', 'abc', ''],
  )
})

test('a request that arrives byte by byte is the same request', async (t) => {
  const { origin, port } = await startWithEcho(t)
  const client = await connectRaw(t, port)
  await client.writeSlowly(
    'POST /slow HTTP/1.1\r\nHost: acme.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n' +
      get('/next'),
  )
  await client.until('/next')
  assert.deepEqual(
    origin.requests.map(({ path, body }) => [path, body]),
    [
      ['/slow', 'abcde'],
      ['/next', ''],
    ],
  )
})

test('trailers are dropped in both directions', async (t) => {
  const { origin, port } = await startWithRaw(
    t,
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n',
  )
  const answer = await request(port)
  assert.equal(answer.body, 'ok')
  assert.deepEqual({ ...answer.trailers }, {})
  const client = await connectRaw(t, port)
  client.write(
    'POST / HTTP/1.1\r\nHost: acme.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n',
  )
  await client.until('0\r\n\r\n')
  assert.doesNotMatch(origin.connections.map(({ received }) => received).join(''), /X-Sum/i)
})

for (const pieceBytes of [1, 3, 7, 1_000]) {
  test(`a chunked answer in pieces of ${pieceBytes} bytes arrives whole`, async (t) => {
    const body = '0123456789'.repeat(12)
    const chunks = body.match(/.{1,13}/g)!.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
    const { port } = await startWithRaw(t, async (connection) => {
      await connection.until()
      await connection.writeSlowly(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`,
        pieceBytes,
      )
    })
    assert.equal((await request(port)).body, body)
  })
}

test('an answer that ends with its connection arrives whole, and the client keeps its own', async (t) => {
  const { origin, port } = await startWithRaw(t, async (connection) => {
    await connection.until()
    connection.end('HTTP/1.1 200 OK\r\n\r\nuntil the end')
  })
  const client = await connectRaw(t, port)
  client.write(get('/1'))
  await client.until('0\r\n\r\n')
  client.write(get('/2'))
  await eventually(() => client.received.match(/until the end/g)?.length === 2)
  assert.match(client.received, /Transfer-Encoding: chunked/i)
  assert.equal(origin.connections.length, 2)
})

test('an HTTP/1.0 client gets an answer that it understands', async (t) => {
  const { port } = await startWithRaw(t, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n')
  const client = await connectRaw(t, port)
  client.write('GET / HTTP/1.0\r\nHost: acme.test\r\n\r\n')
  await client.untilEnded()
  assert.doesNotMatch(client.received, /chunked/i)
  assert.match(client.received, /\r\n\r\nok$/)
})

test('an HTTP/1.0 client that asks for it keeps its connection', async (t) => {
  const { port } = await startWithEcho(t)
  const client = await connectRaw(t, port)
  client.write('GET /1 HTTP/1.0\r\nHost: acme.test\r\nConnection: keep-alive\r\n\r\n')
  await client.until('"/1"')
  assert.match(client.received, /connection: keep-alive/i)
  client.write('GET /2 HTTP/1.0\r\nHost: acme.test\r\n\r\n')
  await client.until('"/2"')
  await client.untilEnded()
})

test('an HTTP/1.0 endpoint is understood, and its connection is not kept', async (t) => {
  const { origin, port } = await startWithRaw(t, async (connection) => {
    await connection.until()
    connection.end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  for (let round = 0; round < 3; round += 1) assert.equal((await request(port)).body, 'ok')
  assert.equal(origin.connections.length, 3)
})

test('an answer to HEAD has the length of the body that it does not have', async (t) => {
  const { origin, port } = await startWithRaw(t, 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n')
  const client = await connectRaw(t, port)
  const head = 'HEAD / HTTP/1.1\r\nHost: acme.test\r\n\r\n'
  client.write(head + head)
  await eventually(() => client.headCount === 2)
  assert.match(client.received, /content-length: 1000/i)
  assert.equal(origin.connections.length, 1)
})

for (const status of [204, 304]) {
  test(`a ${status} has no body, and the connection goes on`, async (t) => {
    const { origin, port } = await startWithRaw(t, `HTTP/1.1 ${status} Whatever\r\nEtag: "x"\r\n\r\n`)
    const client = await connectRaw(t, port)
    client.write(get('/1') + get('/2'))
    await eventually(() => client.headCount === 2)
    assert.doesNotMatch(client.received, /transfer-encoding|content-length/i)
    assert.ok(client.received.endsWith('\r\n\r\n'))
    assert.equal(origin.connections.length, 1)
  })
}

test('an empty answer is not confused with the next one', async (t) => {
  const { port } = await startWithRaw(t, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  const client = await connectRaw(t, port)
  client.write(get('/1') + get('/2') + get('/3'))
  await eventually(() => client.headCount === 3)
  assert.equal(client.received.match(/HTTP\/1\.1 200 OK\r\n/g)?.length, 3)
})

test('a client that waits for 100 Continue gets it and the body goes through', async (t) => {
  const { origin, port } = await startWithEcho(t)
  const client = await connectRaw(t, port)
  client.write('POST / HTTP/1.1\r\nHost: acme.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
  await client.until('HTTP/1.1 100 Continue\r\n\r\n')
  client.write('hello')
  await client.until('"body":"hello"')
  assert.equal(origin.requests[0].headers.expect, undefined)
})

test('a refused request with Expect is told so instead of being asked for its body', async (t) => {
  const { port } = await startWithEcho(t)
  const client = await connectRaw(t, port)
  client.write('POST / HTTP/1.1\r\nHost: nobody.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
  await client.until('no_route')
  assert.doesNotMatch(client.received, /100 Continue/)
  // It may send its next request instead of the body: nobody could tell them apart.
  assert.match(client.received, /\r\nConnection: close\r\n/)
  client.write(get('/next'))
  await client.untilEnded()
  assert.equal(client.headCount, 1)
})

test('early hints reach the client before the answer', async (t) => {
  const { port } = await startWithRaw(
    t,
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  )
  const answer = await request(port)
  assert.deepEqual([answer.interim, answer.status, answer.body], [[103], 200, 'ok'])
})

test('an endpoint that says 100 Continue unasked does no harm', async (t) => {
  const { port } = await startWithRaw(t, 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  const answer = await request(port)
  assert.deepEqual([answer.interim, answer.body], [[], 'ok'])
})

test('large bodies go through both ways, chunked and with a length', async (t) => {
  const { origin, port } = await startWithEcho(t)
  const body = Array.from({ length: 50_000 }, (_, index) => String(index).padStart(8, '0')).join('')
  const plain = await request(port, { method: 'POST', body })
  assert.equal(JSON.parse(plain.body).body, body)
  const chunked = await request(port, { method: 'POST', body, headers: { 'transfer-encoding': 'chunked' } })
  assert.equal(JSON.parse(chunked.body).body, body)
  assert.equal(origin.requests[1].headers['transfer-encoding'], 'chunked')
  assert.equal(origin.requests[0].headers['content-length'], String(body.length))
})

test('an endpoint that answers while it still reads gets the whole request', async (t) => {
  const origin = await startOrigin(t, (incoming, response) => {
    response.writeHead(200)
    response.flushHeaders()
    incoming.pipe(response)
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write('POST / HTTP/1.1\r\nHost: acme.test\r\nContent-Length: 10\r\n\r\nfirst')
  await client.until('first')
  client.write('later')
  await client.until('later')
})

test('a client that closes its side has given up: the endpoint is not kept working for nobody', async (t) => {
  const origin = await startRawOrigin(t, async (connection) => connection.until())
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write(get('/given-up'))
  await eventually(() => origin.connections[0]?.headCount === 1)
  client.end()
  await origin.connections[0].untilEnded()
  await client.untilEnded()
})
