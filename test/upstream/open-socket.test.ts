import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { openSocket } from '../../src/upstream/open-socket.ts'
import type { EndpointSocketEvents } from '../../src/upstream/open-socket.ts'
import { eventually } from '../support/eventually.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

test('an endpoint that takes nothing is given no more than one large part beyond what the kernel keeps', async (t) => {
  const { url, port } = await startRawOrigin(t, (connection) => connection.stopReading())
  const connected = Promise.withResolvers<void>()
  const events: EndpointSocketEvents = {
    onConnect: connected.resolve,
    onBytes() {},
    onDrain() {},
    onEnd() {},
    onClose() {},
  }
  const socket = openSocket(
    { url, isTls: false, host: '127.0.0.1', address: '127.0.0.1', port },
    Buffer.alloc(64),
    events,
  )
  t.after(() => socket.destroy())
  await connected.promise
  const part = Buffer.alloc(20_000)
  while (socket.writableLength === 0) socket.write(part)
  assert.equal(socket.writableNeedDrain, true)
})

/** What a socket tells, in order. */
function listen(t: TestContext, host: string, port: number) {
  const told: string[] = []
  const events: EndpointSocketEvents = {
    onConnect: () => void told.push('connect'),
    onBytes: (buffer, length) => void told.push(buffer.latin1Slice(0, length)),
    onDrain() {},
    onEnd: () => void told.push('end'),
    onClose: (why) => void told.push(`close ${why}`),
  }
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const socket = openSocket({ url, isTls: false, host, address: host, port }, Buffer.alloc(64), events)
  t.after(() => socket.destroy())
  return { told, socket }
}

test('a connection tells what becomes of it, once', async (t) => {
  const { port } = await startRawOrigin(t, (connection) => connection.end('hello'))
  const { told, socket } = listen(t, '127.0.0.1', port)
  await eventually(() => told.length === 3)
  socket.end()
  await eventually(() => told.length === 4)
  assert.deepEqual(told, ['connect', 'hello', 'end', 'close '])
})

test('a connection that is given up tells so, whether it stands or not', async (t) => {
  const { port } = await startRawOrigin(t, () => {})
  for (const way of ['destroy', 'reset'] as const) {
    const early = listen(t, '127.0.0.1', port)
    early.socket[way]()
    await eventually(() => early.told.length === 1)
    const late = listen(t, '127.0.0.1', port)
    await eventually(() => late.told.length === 1)
    late.socket[way]()
    await eventually(() => late.told.length === 2)
    assert.deepEqual([early.told, late.told], [['close '], ['connect', 'close ']])
  }
})

test('a port where nobody listens is refused', async (t) => {
  const { told } = listen(t, '127.0.0.1', 1)
  await eventually(() => told.length === 1)
  assert.deepEqual(told, ['close ECONNREFUSED'])
})

test('an address of IPv6, and one that cannot be reached', async (t) => {
  const server = net.createServer((socket) => socket.end('six'))
  t.after(() => server.close())
  await once(server.listen(0, '::1'), 'listening')
  const { told } = listen(t, '::1', (server.address() as net.AddressInfo).port)
  await eventually(() => told.length === 3)
  assert.deepEqual(told, ['connect', 'six', 'end'])
  // Nobody connects to all: the kernel says so at once.
  const nowhere = listen(t, '255.255.255.255', 80)
  assert.deepEqual(nowhere.told, [])
  await eventually(() => nowhere.told.length === 1)
  assert.match(nowhere.told[0], /^close E(ACCES|NETUNREACH|HOSTUNREACH|ADDRNOTAVAIL)$/)
})

test('over TLS the address is connected to, and the host is whom the certificate must be for', async (t) => {
  const asked: string[] = []
  const server = tls.createServer({
    SNICallback: (name, done) => {
      asked.push(name)
      done(new Error('there is no certificate'))
    },
  })
  t.after(() => server.close())
  server.on('tlsClientError', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as net.AddressInfo
  const told: string[] = []
  const socket = openSocket(
    { url: `https://127.0.0.1:${port}`, isTls: true, host: 'web.internal', address: '127.0.0.1', port },
    Buffer.alloc(64),
    {
      onConnect: () => told.push('connect'),
      onBytes() {},
      onDrain() {},
      onEnd() {},
      onClose: () => told.push('close'),
    },
  )
  t.after(() => socket.destroy())
  await eventually(() => told.includes('close'))
  assert.deepEqual([asked, told], [['web.internal'], ['close']])
})
