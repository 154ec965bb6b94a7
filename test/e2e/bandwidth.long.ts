import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

for (const bandwidthBytes of [2_000_000, 10_000_000, 50_000_000]) {
  test(`50 streams get ${bandwidthBytes / 1e6} MB/s together over ten seconds, and each its share`, async (t) => {
    const part = Buffer.alloc(256 * 1_024, 'x')
    const origin = await startOrigin(t, (_, response) => {
      const write = () => {
        while (!response.destroyed && response.write(part));
      }
      response.on('drain', write)
      write()
    })
    const proxy = await startProxy(
      t,
      { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits: { tenant: { bandwidthBytes } } }] },
      { threads: 4 },
    )
    const received = Array.from({ length: 50 }, () => 0)
    const clients = received.map((_, index) =>
      http.get({ port: proxy.port, headers: { host: 'acme.test' }, agent: false }, (response) =>
        response.on('data', (some: Buffer) => (received[index] += some.length)),
      ),
    )
    for (const client of clients) client.on('error', () => {})
    t.after(() => clients.forEach((client) => client.destroy()))
    const total = () => received.reduce((sum, bytes) => sum + bytes, 0)
    await eventually(() => received.every((bytes) => bytes > 0), 20_000)
    const [startMs, before, each] = [performance.now(), total(), [...received]]
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    const seconds = (performance.now() - startMs) / 1_000
    const share = (total() - before) / seconds / bandwidthBytes
    const shares = received.map((bytes, index) => ((bytes - each[index]) / seconds / bandwidthBytes) * 50)
    t.diagnostic(
      `${share.toFixed(3)} of it, each stream from ${Math.min(...shares).toFixed(2)} to ${Math.max(...shares).toFixed(2)}`,
    )
    assert.ok(Math.abs(share - 1) < 0.05, String(share))
  })
}
