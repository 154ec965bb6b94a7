import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { listener } from '../../src/model/listener.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startServeChild } from '../support/start-serve-child.ts'
import { folderOnAnyPort, portOf, startServer } from '../support/start-server.ts'

test('a port that another program holds is reported, the other listener starts, and the port is taken when it is free', async (t) => {
  const holder = await holdPort(t)
  const { port, server, logged } = await startServer(t, {
    config: (writer) => writer.insert(listener, { name: 'busy', bind: `127.0.0.1:${holder.port}` }),
  })
  assert.equal((await request(port)).status, 404)
  const busy = () => server.listeners.find(({ name }) => name === 'busy')
  assert.equal(busy()?.state, 'failed')
  assert.equal(busy()?.error, `127.0.0.1:${holder.port} is in use by this server itself`)
  holder.server.close()
  await eventually(() => busy()?.state === 'listening')
  assert.equal((await request(holder.port)).status, 404)
  assert.ok(logged.some(({ code, listener: name }) => code === 'listen_failed' && name === 'busy'))
})

test('a port that another mtlb shares through reusePort counts as taken, and its pid is named', async (t) => {
  const other = await startServeChild(t, folderOnAnyPort(t))
  const { server } = await startServer(t, {
    config: (writer) => writer.insert(listener, { name: 'same', bind: `127.0.0.1:${other.port}` }),
  })
  const same = server.listeners.find(({ name }) => name === 'same')
  assert.equal(same?.state, 'failed')
  assert.match(same?.error ?? '', new RegExp(`is in use by \\S+ \\(pid ${other.process.pid}\\)$`))
  assert.equal(server.listeners.find(({ name }) => name === 'main')?.state, 'listening')
})

test('an address that the machine does not have is reported', async (t) => {
  const { server } = await startServer(t, {
    config: (writer) => writer.insert(listener, { name: 'far', bind: '192.0.2.1:8080' }),
  })
  assert.partialDeepStrictEqual(server.listeners, [
    { name: 'main', state: 'listening' },
    {
      name: 'far',
      state: 'failed',
      error: 'cannot listen on 192.0.2.1:8080: this machine does not have that address',
    },
  ])
})

test('whoever adds a listener on a taken port hears of it', async (t) => {
  const holder = await holdPort(t)
  const { change } = await startServer(t)
  const outcome = await change((writer) => writer.insert(listener, { name: 'busy', bind: `127.0.0.1:${holder.port}` }))
  assert.partialDeepStrictEqual(outcome, {
    outcome: 'kept',
    problems: [{ table: 'listener', row: 'busy', field: 'bind' }],
  })
})

test('a listener is added, moved and removed while connections go on', async (t) => {
  const { port, change, server, store } = await startServer(t)
  const added = await change((writer) => writer.insert(listener, { name: 'second', bind: '127.0.0.1:0' }))
  assert.equal(added.outcome, 'applied')
  const second = portOf(server, 'second')
  assert.equal((await request(second)).status, 404)

  const open = connect(port, '127.0.0.1')
  t.after(() => open.destroy())
  await once(open, 'connect')
  const main = store.find(listener, { name: 'main' })
  assert.ok(main)
  // The same port on more addresses: the new one collides with the old one until every thread has closed that.
  const moved = await change((writer) => writer.update(listener, main.id, { bind: `0.0.0.0:${port}` }))
  assert.partialDeepStrictEqual(moved, { outcome: 'applied' })
  open.write('GET / HTTP/1.1\r\nHost: acme.test\r\nConnection: close\r\n\r\n')
  const [answer] = await once(open, 'data')
  assert.match(answer.toString('latin1'), /^HTTP\/1.1 404 /)
  assert.equal((await request(port)).status, 404)

  const row = store.find(listener, { name: 'second' })
  assert.ok(row)
  assert.equal((await change((writer) => writer.remove(listener, row.id))).outcome, 'applied')
  await eventually(() =>
    request(second).then(
      () => false,
      () => true,
    ),
  )
  assert.deepEqual(
    server.listeners.map(({ name }) => name),
    ['main'],
  )
})

async function holdPort(t: TestContext): Promise<{ server: NetServer; port: number }> {
  const server = createServer()
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}
