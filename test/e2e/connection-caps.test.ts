import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusReport } from '../../src/control/status.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { callCli } from '../support/run-cli.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

type Thread = StatusReport['threads'][number]

for (const name of ['max-connections', 'max-connections-per-address', 'max-connections-per-tenant']) {
  test(`never more than ${name} are open over two threads, and every place comes back`, async (t) => {
    const origin = await startOrigin(t)
    const pools = { web: { endpoints: [origin.url] } }
    const proxy = await startProxy(t, { settings: { [name]: '10' }, tenants: [{ pools }] }, { threads: 2 })
    for (let round = 0; round < 3; round += 1) {
      const clients = await Promise.all(Array.from({ length: 40 }, () => connectRaw(t, proxy.port)))
      for (const client of clients) client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
      await eventually(() => clients.every(({ received, isClosed }) => isClosed || received.includes('\r\n\r\n')))
      const served = clients.filter(({ received }) => received.startsWith('HTTP/1.1 200'))
      assert.equal(served.length, 10)
      const refused = clients.find(({ received }) => received.startsWith('HTTP/1.1 503'))
      assert.match(refused?.received ?? '', /Retry-After: \d+\r\n[^]*Connection: close[^]*too_many_connections/)
      for (const client of clients) client.reset()
      await eventually(() => proxy.server.status().threads.every(({ connections }) => connections === 0))
    }
  })
}

for (const name of ['max-connections', 'max-connections-per-address', 'max-connections-per-tenant']) {
  test(`of a flood of 500 connections to four threads never more than ${name} are served`, async (t) => {
    const cap = 50
    let underWay = 0
    let mostUnderWay = 0
    const origin = await startRawOrigin(t, async (connection) => {
      underWay += 1
      mostUnderWay = Math.max(mostUnderWay, underWay)
      await connection.untilEnded()
      underWay -= 1
    })
    const tenants = [{ pools: { web: { endpoints: [origin.url] } } }]
    const proxy = await startProxy(t, { settings: { [name]: `${cap}` }, tenants }, { threads: 4 })
    const clients = await Promise.all(
      Array.from({ length: 500 }, async () => {
        const client = await connectRaw(t, proxy.port)
        client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
        return client
      }),
    )
    await eventually(() => clients.filter(({ isEnded }) => isEnded).length === clients.length - cap, 20_000)
    await eventually(() => underWay === cap)
    assert.equal(mostUnderWay, cap)
    const sum = (read: (thread: Thread) => number) =>
      proxy.server.status().threads.reduce((all, thread) => all + read(thread), 0)
    if (name !== 'max-connections-per-tenant') {
      assert.equal(
        sum(({ accepted }) => accepted),
        cap,
      )
      assert.equal(
        sum(({ turnedAway }) => turnedAway),
        clients.length - cap,
      )
    }
    for (const client of clients) client.reset()
    await eventually(() => sum(({ connections }) => connections) === 0)
  })
}

test('who is turned away is gone after a second, whatever it sends meanwhile', async (t) => {
  const origin = await startOrigin(t)
  const tenants = [{ pools: { web: { endpoints: [origin.url] } } }]
  const proxy = await startProxy(t, { settings: { 'max-connections': '1' }, tenants })
  await connectRaw(t, proxy.port)
  const client = await connectRaw(t, proxy.port)
  const timer = setInterval(() => client.write('more '), 50)
  t.after(() => clearInterval(timer))
  await client.until('too_many_connections')
  await eventually(() => client.isClosed, 10_000)
})

test('the status tells how many were accepted and how many turned away', async (t) => {
  const origin = await startOrigin(t)
  const tenants = [{ pools: { web: { endpoints: [origin.url] } } }]
  const proxy = await startProxy(t, { settings: { 'max-connections': '2' }, tenants })
  await connectRaw(t, proxy.port)
  await connectRaw(t, proxy.port)
  for (let again = 0; again < 3; again += 1) await (await connectRaw(t, proxy.port)).until('too_many_connections')
  const { stdout: table } = await callCli(['status'], { data: proxy.folder })
  assert.match(table, /2 connections, 2 accepted, 3 turned away, 0 restarts/)
  const { stdout: json } = await callCli(['status', '--json'], { data: proxy.folder })
  const [{ connections, accepted, turned_away: turnedAway, uncounted }] = JSON.parse(json).threads
  assert.deepEqual(
    { connections, accepted, turnedAway, uncounted },
    { connections: 2, accepted: 2, turnedAway: 3, uncounted: 0 },
  )
})

test('no more endpoint connections are kept idle than the setting says', async (t) => {
  const origin = await startOrigin(t)
  const settings = { 'endpoint-idle-connections': '2' }
  const proxy = await startProxy(t, { settings, tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const clients = await Promise.all(Array.from({ length: 8 }, () => connectRaw(t, proxy.port)))
  for (const client of clients) client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await Promise.all(clients.map((client) => client.until()))
  await eventually(() => origin.openCount <= 2)
})
