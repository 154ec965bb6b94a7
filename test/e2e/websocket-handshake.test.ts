import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { mintKey } from '../../src/auth/key.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { RawScript } from '../support/start-raw-origin.ts'
import { acceptingBytes, handshakeBytes } from '../support/websocket-bytes.ts'
import type { TestTenant } from '../support/write-config.ts'

async function start(t: TestContext, script: RawScript, tenant: Partial<TestTenant> = {}) {
  const origin = await startRawOrigin(t, script)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } }, ...tenant }] })
  return { origin, proxy, connect: () => connectRaw(t, proxy.port) }
}

const ordinary = 'GET /ordinary HTTP/1.1\r\nHost: acme.test\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

test('the endpoint and the client get the handshake written anew, byte for byte', async (t) => {
  const secret = mintKey().secret
  const more =
    'X-Own: 1\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSet-Cookie: a=b\r\n'
  const { origin, connect } = await start(t, acceptingBytes(more), { routes: [{ auth: 'key' }], keys: { ci: secret } })
  const client = await connect()
  client.write(
    handshakeBytes({
      request: 'GET /chat/./room?x=1 HTTP/1.1',
      upgrade: 'UPGRADE: WebSocket',
      connection: 'Connection: keep-alive, upgrade, X-Hop',
      hop: 'X-Hop: 1',
      origin: 'Origin: https://app.test',
      cookie: 'Cookie: session=1',
      protocol: 'Sec-WebSocket-Protocol: chat, superchat',
      extensions: 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
      authorization: `Authorization: Bearer ${secret}`,
      length: 'Content-Length: 0',
    }),
  )
  await client.until()
  const id = /^X-Request-Id: (.+)$/m.exec(client.received)?.[1].trim()
  assert.deepEqual(origin.connections[0].received.split('\r\n'), [
    'GET /chat/room?x=1 HTTP/1.1',
    'Host: acme.test',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'Origin: https://app.test',
    'Cookie: session=1',
    'Sec-WebSocket-Protocol: chat, superchat',
    'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Host: acme.test',
    'Forwarded: for=127.0.0.1;host="acme.test";proto=http',
    'Via: 1.1 mtlb',
    `X-Request-Id: ${id}`,
    'X-Mtlb-Tenant: acme',
    '',
    '',
  ])
  assert.deepEqual(client.received.split('\r\n'), [
    'HTTP/1.1 101 Switching Protocols',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    'X-Own: 1',
    'Sec-WebSocket-Protocol: chat',
    'Sec-WebSocket-Extensions: permessage-deflate',
    'Set-Cookie: a=b',
    `X-Request-Id: ${id}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    '',
    '',
  ])
})

const refused: [name: string, changes: Record<string, string>, status: number, code: string, told: RegExp][] = [
  ['version 8', { version: 'Sec-WebSocket-Version: 8' }, 426, 'websocket_version', /^Sec-WebSocket-Version: 13\r$/m],
  ['version 8', { version: 'Sec-WebSocket-Version: 8' }, 426, 'websocket_version', /^Upgrade: websocket\r$/m],
  ['no version', { version: '' }, 400, 'bad_websocket', /Sec-WebSocket-Version is not/],
  ['no key', { key: '' }, 400, 'bad_websocket', /Sec-WebSocket-Key is not/],
  ['POST', { request: 'POST /chat HTTP/1.1' }, 400, 'bad_websocket', /is a GET request/],
  ['a body', { more: 'Content-Length: 5' }, 400, 'bad_websocket', /has no body/],
  ['a chunked body', { more: 'Transfer-Encoding: chunked' }, 400, 'bad_websocket', /has no body/],
  ['h2c as well', { upgrade: 'Upgrade: h2c, websocket' }, 400, 'bad_websocket', /something else/],
  ['no Connection', { connection: '' }, 400, 'bad_websocket', /does not name upgrade/],
]

test('a handshake that is not sound is refused, and no byte of what follows it reaches an endpoint', async (t) => {
  const { origin, connect } = await start(t, ok)
  for (const [name, changes, status, code, told] of refused) {
    const client = await connect()
    client.write(handshakeBytes(changes) + ordinary)
    await client.untilEnded()
    assert.equal(client.received.slice(9, 12), String(status), name)
    assert.match(client.received, new RegExp(`"code":"${code}"`), name)
    assert.match(client.received, told, name)
    assert.match(client.received, /^Connection: close\r$/m, name)
    assert.equal(client.received.match(/HTTP\/1\.1 /g)?.length, 1, name)
  }
  assert.equal(origin.connections.length, 0)
})

test('an endpoint that would answer a bad version with 426 is never asked, nor what was smuggled behind', async (t) => {
  const { origin, connect } = await start(t, 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n')
  const client = await connect()
  client.write(handshakeBytes({ version: 'Sec-WebSocket-Version: 12' }))
  client.write('GET /internal HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 426 [^]*"code":"websocket_version"/)
  assert.equal(client.received.match(/HTTP\/1\.1 /g)?.length, 1)
  assert.equal(origin.connections.length, 0)
})

test('ip rules, key and rate limit decide before the handshake is looked at', async (t) => {
  const tenant = { routes: [{ auth: 'key' }], keys: { ci: mintKey().secret } }
  const { origin, connect } = await start(t, acceptingBytes(), tenant)
  for (const changes of [{}, { key: '' }, { version: 'Sec-WebSocket-Version: 1' }]) {
    const client = await connect()
    client.write(handshakeBytes(changes) + ordinary)
    await client.untilEnded()
    assert.match(client.received, /^HTTP\/1\.1 401 [^]*"code":"unauthenticated"/)
    assert.equal(client.received.match(/HTTP\/1\.1 /g)?.length, 1)
  }
  const denied = await start(t, acceptingBytes(), { ipRules: { '127.0.0.1/32': 'deny' } })
  const client = await denied.connect()
  client.write(handshakeBytes({ key: '' }))
  await client.until('address_denied')
  const limited = await start(t, acceptingBytes(), { limit: { rate: '1/h', burst: 1 } })
  const first = await limited.connect()
  first.write(handshakeBytes())
  await first.until('101 Switching')
  const second = await limited.connect()
  second.write(handshakeBytes())
  await second.until('rate_limited')
  first.reset()
  assert.deepEqual(
    [origin, denied.origin, limited.origin].map(({ connections }) => connections.length),
    [0, 0, 1],
  )
})

test('a route without WebSocket refuses a handshake and serves all else', async (t) => {
  const { origin, connect } = await start(t, ok, { routes: [{ websocket: false }] })
  const client = await connect()
  client.write(handshakeBytes())
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 403 [^]*"code":"websocket_not_allowed"/)
  assert.equal(origin.connections.length, 0)
  const other = await connect()
  other.write(handshakeBytes({ upgrade: 'Upgrade: h2c' }))
  await other.until('ok')
})

const ignored: [name: string, changes: Record<string, string>][] = [
  [
    'h2c',
    { upgrade: 'Upgrade: h2c', connection: 'Connection: Upgrade, HTTP2-Settings', settings: 'HTTP2-Settings: AAMA' },
  ],
  ['h2c with settings that Connection does not name', { upgrade: 'Upgrade: h2c', settings: 'HTTP2-Settings: AAMA' }],
  ['TLS', { upgrade: 'Upgrade: TLS/1.3' }],
  ['an unknown protocol', { upgrade: 'Upgrade: websocket2' }],
  ['websocket in HTTP/1.0', { request: 'GET /chat HTTP/1.0', connection: 'Connection: keep-alive, upgrade' }],
]

test('every other upgrade is ignored: the request is an ordinary one, and the connection goes on', async (t) => {
  const { origin, connect } = await start(t, ok)
  for (const [name, changes] of ignored) {
    const seen = origin.connections[0]?.received.length ?? 0
    const client = await connect()
    client.write(handshakeBytes({ key: '', version: '', ...changes }))
    await client.until('ok')
    assert.match(client.received, /^HTTP\/1\.1 200 /, name)
    const sent = origin.connections[0].received.slice(seen)
    assert.match(sent, /^GET \/chat HTTP\/1\.1\r\n/, name)
    assert.doesNotMatch(sent, /^(upgrade|connection|http2-settings):/im, name)
    client.write(ordinary)
    await eventually(() => client.received.split('HTTP/1.1 200').length === 3)
  }
  assert.equal(origin.connections.length, 1)
})

const wrongAnswers: [name: string, answer: string][] = [
  ['a wrong accept value', acceptingBytes().replace('s3pP', 'S3pP')],
  ['no accept value', acceptingBytes().replace(/Sec-WebSocket-Accept.*\r\n/, '')],
  ['an upgrade to something else', acceptingBytes().replace('Upgrade: websocket', 'Upgrade: h2c')],
  ['no Connection', acceptingBytes().replace('Connection: Upgrade\r\n', '')],
  ['a subprotocol that nobody offered', acceptingBytes('Sec-WebSocket-Protocol: chat\r\n')],
  ['an extension that nobody offered', acceptingBytes('Sec-WebSocket-Extensions: permessage-deflate\r\n')],
  ['a body', acceptingBytes('Content-Length: 3\r\n')],
]

test('a 101 that does not fit is 502, and no byte behind it reaches the client', async (t) => {
  const { origin, connect } = await start(t, (connection, index) => {
    connection.onHead(() => connection.write(`${wrongAnswers[index][1]}stolen`))
  })
  for (const [index, [name]] of wrongAnswers.entries()) {
    const client = await connect()
    client.write(`${handshakeBytes()}early`)
    await client.untilEnded()
    assert.match(client.received, /^HTTP\/1\.1 502 [^]*"code":"endpoint_protocol"/, name)
    assert.doesNotMatch(client.received, /HTTP\/1\.1 101|stolen/, name)
    await origin.connections[index].untilEnded()
    assert.doesNotMatch(origin.connections[index].received, /early/, name)
  }
})

test('101 to a request that asked for another upgrade, or for none, is 502', async (t) => {
  const { connect } = await start(t, acceptingBytes())
  for (const bytes of [handshakeBytes({ upgrade: 'Upgrade: h2c' }), ordinary]) {
    const client = await connect()
    client.write(bytes)
    await client.until('endpoint_protocol')
  }
})

const otherAnswers: [name: string, answer: string, whole: RegExp][] = [
  ['200 with a length', ok, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/],
  [
    '200 in chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    /2\r\nok\r\n0\r\n\r\n$/,
  ],
  ['403', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno', /^HTTP\/1\.1 403 Forbidden\r\n[^]*no$/],
  [
    '401',
    'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
    /^HTTP\/1\.1 401 [^]*Basic/,
  ],
  [
    '426',
    'HTTP/1.1 426 Upgrade Required\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n',
    /^HTTP\/1\.1 426 Upgrade Required/,
  ],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', /^HTTP\/1\.1 204 /],
  ['103 and 200', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}`, /^HTTP\/1\.1 103 [^]*HTTP\/1\.1 200 [^]*ok$/],
]

test('any other answer is relayed as an ordinary one, and both connections close', async (t) => {
  const { origin, connect } = await start(t, (connection, index) => {
    connection.onHead(() => connection.write(otherAnswers[index][1]))
  })
  for (const [index, [name, , whole]] of otherAnswers.entries()) {
    const client = await connect()
    client.write(handshakeBytes() + ordinary)
    await client.untilEnded()
    assert.match(client.received, whole, name)
    assert.match(client.received, /^Connection: close\r$/m, name)
    assert.doesNotMatch(client.received, /^upgrade:/im, name)
    await origin.connections[index].untilEnded()
    assert.equal(origin.connections[index].headCount, 1, name)
  }
  assert.equal(origin.connections.length, otherAnswers.length)
})

test('a WebSocket never takes an idle connection, and leaves none', async (t) => {
  const { origin, connect } = await start(t, (connection) => {
    connection.onHead((head) => {
      const isHandshake = head.includes('Upgrade: websocket')
      connection.write(isHandshake ? acceptingBytes() : ok)
    })
  })
  const client = await connect()
  client.write(ordinary)
  await client.until('ok')
  const socket = await connect()
  socket.write(handshakeBytes())
  await socket.until('101 Switching')
  assert.equal(origin.connections.length, 2)
  socket.end()
  await origin.connections[1].untilEnded()
  origin.connections[1].end()
  await socket.untilEnded()
  client.write(ordinary)
  await eventually(() => client.received.split('HTTP/1.1 200').length === 3)
  assert.equal(origin.connections.length, 2)
  assert.equal(origin.connections[0].headCount, 2)
})

test('what a client sends before the 101 waits, and goes to the endpoint after it', async (t) => {
  const { origin, connect } = await start(t, () => {})
  const client = await connect()
  const early = Buffer.alloc(300_000, 'early').toString()
  client.write(handshakeBytes() + early)
  await eventually(() => origin.connections[0]?.headCount === 1)
  const [endpoint] = origin.connections
  const headBytes = endpoint.receivedBytes
  // An interim answer goes its way, and still nothing of the client's.
  endpoint.write('HTTP/1.1 103 Early Hints\r\n\r\n')
  await client.until('103 Early Hints')
  assert.equal(endpoint.receivedBytes, headBytes)
  endpoint.write(`${acceptingBytes()}first`)
  await client.until('\r\n\r\nfirst')
  await eventually(() => endpoint.receivedBytes >= headBytes + early.length)
  assert.equal(endpoint.received.slice(headBytes), early)
})

test('the 101 may come in drops, and together with what follows it', async (t) => {
  const { connect } = await start(t, async (connection) => {
    await connection.until()
    await connection.writeSlowly(`${acceptingBytes()}frames`)
  })
  const client = await connect()
  await client.writeSlowly(handshakeBytes())
  await client.until('frames')
  assert.match(client.received, /^HTTP\/1\.1 101 Switching Protocols\r\n[^]*\r\n\r\nframes$/)
})

test('another endpoint is tried when one cannot be reached, and 502 says that none can', async (t) => {
  const dead = await startOrigin(t)
  dead.close()
  const origin = await startRawOrigin(t, acceptingBytes())
  const pools = { web: { endpoints: [dead.url, origin.url] }, none: { endpoints: [dead.url] } }
  const routes = [{ name: 'a' }, { name: 'b', path: '/none', pool: 'none' }]
  const proxy = await startProxy(t, { tenants: [{ pools, routes }] })
  for (let i = 0; i < 4; i += 1) {
    const client = await connectRaw(t, proxy.port)
    client.write(handshakeBytes())
    await client.until('101 Switching')
  }
  const client = await connectRaw(t, proxy.port)
  client.write(handshakeBytes({ request: 'GET /none HTTP/1.1' }) + ordinary)
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 502 [^]*"code":"endpoint_connect"/)
})

test('an endpoint that never answers is 504, one that hangs up 502', async (t) => {
  const hanging = await start(t, () => {}, { routes: [{ timeoutMs: 300 }] })
  const waiting = await hanging.connect()
  waiting.write(handshakeBytes())
  await waiting.untilEnded()
  assert.match(waiting.received, /^HTTP\/1\.1 504 [^]*"code":"endpoint_timeout"/)
  const closing = await start(t, async (connection) => {
    await connection.until()
    connection.end()
  })
  const client = await closing.connect()
  client.write(handshakeBytes())
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 502 [^]*"code":"endpoint_closed"/)
})

test('a client that goes before the 101 takes its endpoint connection along', async (t) => {
  const { origin, connect } = await start(t, () => {})
  for (const leave of ['end', 'reset'] as const) {
    const client = await connect()
    const before = origin.connections.length
    client.write(handshakeBytes())
    await eventually(() => origin.connections[before]?.headCount === 1)
    client[leave]()
    await origin.connections[before].untilEnded()
  }
})
