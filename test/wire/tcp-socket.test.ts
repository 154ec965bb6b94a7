import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { TcpHandle } from '../../src/wire/tcp-handle.ts'
import { TcpSocket } from '../../src/wire/tcp-socket.ts'
import { eventually } from '../support/eventually.ts'
import { RawConnection } from '../support/raw-connection.ts'

/** A socket of ours, what it was told, and its peer, which reads nothing until it is told to. */
async function open(t: TestContext) {
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true })
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const connecting = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1').pause()
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(connecting, 'connect')])
  const told: string[] = []
  const readBuffer = Buffer.alloc(64)
  const socket = new TcpSocket(readBuffer, {
    onBytes(lent, length) {
      assert.equal(lent, readBuffer)
      told.push(lent.latin1Slice(0, length))
    },
    onDrain: () => void told.push('drain'),
    onEnd: () => void told.push('end'),
    onClose: (why) => void told.push(`close ${why}`),
  })
  const handle = Reflect.get(connecting, '_handle') as TcpHandle
  Reflect.set(connecting, '_handle', null)
  socket.attach(handle)
  t.after(() => socket.destroy())
  t.after(() => (accepted as net.Socket).destroy())
  const peer = new RawConnection(accepted as net.Socket)
  return { socket, peer, told }
}

const much = Buffer.alloc(16 * 2 ** 20, 'x')

test('what comes is read into the one buffer, an end is told once, and either side may close first', async (t) => {
  const { socket, peer, told } = await open(t)
  peer.write('hello')
  await eventually(() => told.join() === 'hello')
  peer.end(' and bye')
  await eventually(() => told.join() === 'hello, and bye,end')
  socket.writeText('still here')
  peer.readOn()
  await peer.until('still here')
  socket.end()
  await peer.untilEnded()
  await eventually(() => told.at(-1) === 'close ')
  assert.deepEqual(told.slice(2), ['end', 'close '])
})

test('what the kernel does not take waits in order, text and bytes alike, and a drain is told when all is out', async (t) => {
  const { socket, peer, told } = await open(t)
  socket.writeText('first ')
  assert.equal(socket.writableLength, 0)
  socket.write(much)
  assert.equal(socket.writableLength, much.length)
  assert.ok(socket.writableNeedDrain)
  socket.writeText('\xff')
  socket.write(Buffer.from('last'))
  assert.equal(socket.writableLength, much.length + 5)
  assert.ok(socket.takenBytes > 6 && socket.takenBytes < much.length)
  peer.readOn()
  await eventually(() => peer.receivedBytes === much.length + 11)
  await eventually(() => told.join() === 'drain')
  assert.deepEqual([socket.writableLength, socket.writableNeedDrain], [0, false])
  assert.equal(socket.takenBytes, much.length + 11)
  socket.writeText('once more')
  await eventually(() => peer.receivedBytes === much.length + 20)
  assert.deepEqual(told, ['drain'])
})

test('a text that the kernel takes in part arrives whole', async (t) => {
  const { socket, peer } = await open(t)
  const text = '0123456789abcdef'.repeat(1_000)
  let sent = 0
  for (; socket.writableLength === 0; sent += 1) socket.writeText(text)
  peer.readOn()
  await eventually(() => peer.receivedBytes === sent * text.length)
  assert.ok(text.repeat(sent).startsWith(peer.received))
})

test('our end follows what was written, and what is written after it is not sent', async (t) => {
  const { socket, peer, told } = await open(t)
  let isSent = false
  socket.write(much)
  socket.end(() => (isSent = true))
  socket.writeText('too late')
  assert.equal(isSent, false)
  peer.readOn()
  await peer.untilEnded()
  assert.equal(peer.receivedBytes, much.length)
  assert.equal(isSent, true)
  let isTold = false
  socket.end(() => (isTold = true))
  assert.equal(isTold, true)
  peer.write('half open')
  await eventually(() => told.join() === 'half open')
})

test('who is paused gets nothing until it goes on', async (t) => {
  const { socket, peer, told } = await open(t)
  socket.pause()
  peer.write('hello')
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(told, [])
  socket.resume()
  await eventually(() => told.join() === 'hello')
})

test('a socket that is destroyed is told so later, once, and does nothing any more', async (t) => {
  const { socket, peer, told } = await open(t)
  socket.write(much)
  socket.destroy()
  assert.deepEqual(told, [])
  assert.deepEqual([socket.writableLength, socket.takenBytes, socket.receivedBytes, socket.inode], [0, 0, 0, undefined])
  for (const act of [() => socket.writeText('x'), () => socket.pause(), () => socket.resume(), () => socket.end()])
    act()
  socket.destroy()
  socket.reset()
  await eventually(() => told.length > 0)
  peer.readOn()
  await peer.untilEnded()
  assert.deepEqual(told, ['close '])
})

test('a connection that the peer resets is closed, with the reason, once', async (t) => {
  const { peer, told } = await open(t)
  peer.reset()
  await eventually(() => told.length > 0)
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(told, ['close ECONNRESET'])
})

test('a write into a connection that was reset is told of after the call', async (t) => {
  const { socket, peer, told } = await open(t)
  socket.pause()
  socket.writeText('hello')
  assert.equal(socket.takenBytes, 5)
  peer.reset()
  await eventually(() => {
    socket.write(Buffer.alloc(0))
    return socket.takenBytes === 0
  })
  assert.deepEqual(told, [])
  await eventually(() => told.length > 0)
  assert.match(told.join(), /^close E(PIPE|CONNRESET)$/)
})

const states: [name: string, prepare: (socket: TcpSocket) => void, seen: 'reset' | 'end'][] = [
  ['is open', () => {}, 'reset'],
  ['has written', (socket) => socket.writeText('hello'), 'reset'],
  ['has unsent bytes', (socket) => socket.write(much), 'reset'],
  [
    'has unsent bytes and shall end after them',
    (socket) => {
      socket.write(much)
      socket.end()
    },
    'reset',
  ],
  // libuv refuses to reset what it is about to shut down.
  ['is about to end', (socket) => socket.end(), 'end'],
]

for (const [name, prepare, seen] of states) {
  test(`a socket that ${name} is closed by a reset, and its peer sees: ${seen}`, async (t) => {
    const { socket, peer, told } = await open(t)
    prepare(socket)
    socket.reset()
    await eventually(() => told.join() === 'close ')
    peer.readOn()
    await peer.untilEnded()
    assert.equal(peer.isReset, seen === 'reset')
  })
}
