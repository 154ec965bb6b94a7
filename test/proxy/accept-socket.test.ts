import assert from 'node:assert/strict'
import net from 'node:net'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { acceptHandles, createAcceptedSocket, plainAddress } from '../../src/proxy/accept-socket.ts'
import { connectRaw } from '../support/raw-connection.ts'

async function listen(t: TestContext, accept: Parameters<typeof acceptHandles>[1]): Promise<number> {
  const server = net.createServer(() => assert.fail('Node made a socket of its own'))
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  acceptHandles(server, accept)
  return (server.address() as net.AddressInfo).port
}

test('accepted sockets read into the one buffer that they are given', async (t) => {
  const buffer = Buffer.alloc(64)
  const seen: string[] = []
  const port = await listen(t, (handle) => {
    const socket = createAcceptedSocket(handle, buffer, {
      onBytes(lent, length) {
        assert.equal(lent, buffer)
        seen.push(lent.latin1Slice(0, length))
        socket.write('answer')
      },
    })
    assert.equal(socket.remoteAddress, '127.0.0.1')
    socket.on('end', () => socket.end('bye'))
  })
  const client = await connectRaw(t, port)
  client.write('hello')
  await client.until('answer')
  client.end()
  await client.untilEnded()
  assert.deepEqual(seen, ['hello'])
  assert.equal(client.received, 'answerbye')
})

test('an address of a peer is told without what only its kernel can read', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1')
  for (const plain of ['', '192.0.2.1', '2001:db8::1']) assert.equal(plainAddress(plain), plain)
})

test('a handle that is closed is a connection that ends', async (t) => {
  const port = await listen(t, (handle) => handle.close())
  const client = await connectRaw(t, port)
  await client.untilEnded()
})

test('a client that takes nothing is given no more than one large part beyond what the kernel keeps', async (t) => {
  const accepted = Promise.withResolvers<net.Socket>()
  const port = await listen(t, (handle) =>
    accepted.resolve(createAcceptedSocket(handle, Buffer.alloc(64), { onBytes() {} })),
  )
  const client = await connectRaw(t, port)
  client.stopReading()
  const socket = await accepted.promise
  t.after(() => socket.destroy())
  const part = Buffer.alloc(20_000)
  while (socket.writableLength === 0) socket.write(part)
  assert.equal(socket.writableNeedDrain, true)
})
