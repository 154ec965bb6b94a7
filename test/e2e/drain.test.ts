import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readStatus, waitForRevision } from '../../src/control/control-client.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone'

async function startWithSlow(t: TestContext, count: number, drainMs: number) {
  const origin = await startRawOrigin(t, () => {})
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] },
    { threads: 2, drainMs },
  )
  const clients = await Promise.all(Array.from({ length: count }, () => connectRaw(t, proxy.port)))
  for (const client of clients) client.write('GET /slow HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => origin.connections.filter(({ headCount }) => headCount > 0).length === count)
  return { origin, proxy, clients }
}

test('50 slow requests finish while the server stops, and nothing new begins', async (t) => {
  const { origin, proxy, clients } = await startWithSlow(t, 50, 10_000)
  const idle = await connectRaw(t, proxy.port)
  await eventually(() => proxy.server.status().threads.reduce((sum, { connections }) => sum + connections, 0) === 51)

  const closing = proxy.server.close()
  await idle.untilEnded()
  await eventually(async () => {
    await assert.rejects(connectRaw(t, proxy.port), { code: 'ECONNREFUSED' })
    return true
  })
  assert.ok(clients.every(({ isEnded, received }) => !isEnded && received === ''))

  for (const connection of origin.connections) connection.write(answer)
  await Promise.all(clients.map((client) => client.untilEnded()))
  for (const { received } of clients) assert.match(received, /^HTTP\/1\.1 200 [^]*connection: close[^]*\r\n\r\ndone$/i)
  await closing
})

test('who asks while the server stops is told so', async (t) => {
  const { origin, proxy } = await startWithSlow(t, 1, 10_000)
  const closing = proxy.server.close()
  await eventually(async () => (await readStatus(proxy.folder))?.state === 'draining')
  const request = { folder: proxy.folder, revision: 1_000, tenant: undefined, timeoutMs: 1_000 }
  assert.deepEqual(await waitForRevision(request), { outcome: 'draining' })
  origin.connections[0].write(answer)
  await closing
  assert.equal(await readStatus(proxy.folder), undefined)
})

test('what does not finish in time is cut off, and the server stops all the same', async (t) => {
  const { proxy, clients } = await startWithSlow(t, 3, 200)
  const startMs = performance.now()
  await proxy.server.close()
  assert.ok(performance.now() - startMs < 2_000)
  await Promise.all(clients.map((client) => client.untilEnded()))
  assert.ok(clients.every(({ received }) => received === ''))
})
