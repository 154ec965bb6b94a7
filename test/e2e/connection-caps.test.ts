import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

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

test('no more endpoint connections are kept idle than the setting says', async (t) => {
  const origin = await startOrigin(t)
  const settings = { 'endpoint-idle-connections': '2' }
  const proxy = await startProxy(t, { settings, tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const clients = await Promise.all(Array.from({ length: 8 }, () => connectRaw(t, proxy.port)))
  for (const client of clients) client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await Promise.all(clients.map((client) => client.until()))
  await eventually(() => origin.openCount <= 2)
})
