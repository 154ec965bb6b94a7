import assert from 'node:assert/strict'
import test from 'node:test'
import { openSocket } from '../../src/upstream/open-socket.ts'
import type { EndpointSocketEvents } from '../../src/upstream/open-socket.ts'
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
  const socket = openSocket({ url, isTls: false, host: '127.0.0.1', port }, Buffer.alloc(64), events)
  t.after(() => socket.destroy())
  await connected.promise
  const part = Buffer.alloc(20_000)
  while (socket.writableLength === 0) socket.write(part)
  assert.equal(socket.writableNeedDrain, true)
})
