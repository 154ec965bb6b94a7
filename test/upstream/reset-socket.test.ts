import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { resetSocket } from '../../src/upstream/reset-socket.ts'

const unread = Buffer.alloc(16 * 2 ** 20)

const states: [name: string, prepare: (socket: net.Socket) => void, seen: 'reset' | 'end'][] = [
  ['is open', () => {}, 'reset'],
  ['has written', (socket) => socket.write('hello'), 'reset'],
  ['has unsent bytes', (socket) => socket.write(unread), 'reset'],
  ['has unsent bytes and shall end after them', (socket) => socket.end(unread), 'reset'],
  // libuv refuses to reset what it is about to shut down, and Node then neither closes the socket nor says so.
  ['is about to end', (socket) => socket.end(), 'end'],
]

for (const [name, prepare, seen] of states) {
  test(`a socket that ${name} is closed, and its peer sees: ${seen}`, async (t) => {
    const { socket, peer } = await connect(t)
    prepare(socket)
    const closed = once(socket, 'close')
    const peerSaw = new Promise((resolve) => {
      peer.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNRESET' ? 'reset' : error.code))
      peer.on('end', () => resolve('end'))
    })
    resetSocket(socket)
    await closed
    peer.resume()
    assert.equal(await peerSaw, seen)
  })
}

async function connect(t: TestContext): Promise<{ socket: net.Socket; peer: net.Socket }> {
  const server = net.createServer({ pauseOnConnect: true })
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {})
  const [[peer]] = (await Promise.all([once(server, 'connection'), once(socket, 'connect')])) as [[net.Socket], unknown]
  t.after(() => peer.destroy())
  return { socket, peer }
}
