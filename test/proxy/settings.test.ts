import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RawScript } from '../support/start-raw-origin.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startClient, turns } from './start-client.ts'

const get = 'GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n'
const halfBody = 'POST / HTTP/1.1\r\nHost: acme.test\r\nContent-Length: 10\r\n\r\n01234'
const answers: RawScript = (connection) =>
  connection.onHead((head) => {
    if (head.startsWith('GET')) connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })

const waits = [
  { what: 'the first request', sends: '', setting: 'header-timeout' },
  { what: 'the rest of a head', sends: 'GET /', setting: 'header-timeout' },
  { what: 'the next request', sends: get, setting: 'idle-timeout' },
]

for (const { what, sends, setting } of waits) {
  test(`${setting} holds at once for a client that is waited for (${what}), shorter or longer`, async (t) => {
    const shorter = await startClient(t, answers)
    shorter.client.write(sends)
    await turns()
    shorter.set({ [setting]: '3s' })
    await shorter.pass(2_900)
    assert.equal(shorter.client.isEnded, false)
    await shorter.pass(100)
    assert.equal(shorter.client.isEnded, true)

    const longer = await startClient(t, answers)
    longer.client.write(sends)
    await turns()
    await longer.pass(5_000)
    longer.set({ [setting]: '60s' })
    await longer.pass(54_900)
    assert.equal(longer.client.isEnded, false)
    await longer.pass(100)
    assert.equal(longer.client.isEnded, true)
  })
}

test('another setting changes nothing for a client that waits', async (t) => {
  const { client, pass, set } = await startClient(t, answers)
  await pass(9_000)
  set({ 'write-timeout': '1s', 'idle-timeout': '1s' })
  await pass(900)
  assert.equal(client.isEnded, false)
  await pass(100)
  assert.equal(client.isEnded, true)
})

test('min-body-rate is turned off, and on again, for a body that stands still', async (t) => {
  const { client, pass, set } = await startClient(t, answers)
  client.write(halfBody)
  await turns()
  await pass(9_000)
  set({ 'min-body-rate': '0' })
  await pass(3_600_000)
  client.write('5')
  await pass(3_600_000)
  assert.equal(client.received, '')
  set({})
  await pass(9_900)
  assert.equal(client.received, '')
  await pass(100)
  assert.match(client.received, /"code":"request_timeout"/)
})

test('without a rate the body of a request that was refused does not keep its connection', async (t) => {
  const { client, pass, set } = await startClient(t, answers)
  set({ 'min-body-rate': '0' })
  client.write(halfBody.replace('acme', 'nobody'))
  await turns()
  await pass(14_900)
  client.write('5')
  await turns()
  assert.equal(client.isEnded, false)
  await pass(100)
  assert.equal(client.isEnded, true)
})

test('bounds on idle endpoint connections hold at once for those that lie idle', async (t) => {
  const { client, origin, pass, set, port, thread } = await startClient(t, answers)
  const clients = [client, await connectRaw(t, port), await connectRaw(t, port)]
  await turns()
  for (const each of clients) each.write(get)
  await turns()
  const endpointConnections = () => thread.upstream.room.open - thread.connections.size
  assert.equal(endpointConnections(), 3)
  set({ 'endpoint-idle-connections': '2' })
  assert.equal(endpointConnections(), 2)
  await pass(20_000)
  set({ 'endpoint-idle-connections': '2', 'endpoint-idle-timeout': '40s' })
  await pass(19_900)
  assert.equal(endpointConnections(), 2)
  set({ 'endpoint-idle-connections': '2', 'endpoint-idle-timeout': '39s' })
  await pass(0)
  assert.equal(endpointConnections(), 0)
  await Promise.all(origin.connections.map((connection) => connection.untilEnded()))
})
