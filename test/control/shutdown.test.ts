import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Server } from '../../src/control/serve.ts'
import { serveUntilSignal } from '../../src/control/shutdown.ts'
import { createLog } from '../../src/kit/log.ts'

function fakeServer() {
  const calls: string[] = []
  const server: Server = {
    folder: '',
    listeners: [],
    status: () => assert.fail('nobody asks'),
    reload: () => void calls.push('reload'),
    close: async () => void calls.push('close'),
  }
  return { server, calls }
}

const log = createLog({ name: 'main', destination: { write: () => {} } })

test('SIGHUP has the configuration read again, SIGTERM closes the server', async () => {
  const { server, calls } = fakeServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  const ended = serveUntilSignal(server, log, () => resolve())
  await promise
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGTERM', 'SIGTERM')
  await ended
  assert.deepEqual(calls, ['reload', 'close'])
  assert.deepEqual(
    ['SIGHUP', 'SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal)),
    [0, 0, 0],
  )
})

test('a signal that comes while the server starts closes it once it has started', async () => {
  const { server, calls } = fakeServer()
  const starting = Promise.withResolvers<Server>()
  const ended = serveUntilSignal(starting.promise, log, () => calls.push('started'))
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGTERM', 'SIGTERM')
  starting.resolve(server)
  await ended
  assert.deepEqual(calls, ['started', 'close'])
})
