import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { tenant } from '../../src/model/tenant.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

/** Every thread that gets a message from here on, in the order of its first one. */
function watchThreads(t: TestContext): Set<Worker> {
  const seen = new Set<Worker>()
  const original = Worker.prototype.postMessage
  t.mock.method(Worker.prototype, 'postMessage', function (this: Worker, ...message: Parameters<typeof original>) {
    seen.add(this)
    original.apply(this, message)
  })
  return seen
}

test('a data thread that throws is replaced, and the others never notice', async (t) => {
  const threads = watchThreads(t)
  const slow = await startRawOrigin(t, () => {})
  const origin = await startOrigin(t)
  const proxy = await startProxy(
    t,
    {
      tenants: [
        {
          pools: { slow: { endpoints: [slow.url] }, web: { endpoints: [origin.url] } },
          routes: [{ path: '/slow' }, { path: '/', pool: 'web' }],
          limit: { rate: '1000/s', burst: 1_000 },
        },
      ],
    },
    { threads: 2 },
  )
  const clients = await Promise.all(Array.from({ length: 24 }, () => connectRaw(t, proxy.port)))
  for (const client of clients) client.write('GET /slow HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => slow.connections.length === clients.length)
  const [first, second] = proxy.server.status().threads.map(({ connections }) => connections)
  assert.ok(first > 0 && second > 0, 'the kernel gave each thread some')

  const [victim] = threads
  victim.postMessage({ kind: 'apply', change: 0, global: undefined, tenants: 'nonsense', removedTenantIds: 7 })
  await eventually(() => clients.filter(({ isEnded }) => isEnded).length === first)
  await eventually(() => {
    const [replacement] = proxy.server.status().threads
    return replacement.state === 'running' && replacement.restarts === 1
  })

  const survivors = clients.filter(({ isEnded }) => !isEnded)
  assert.equal(survivors.length, second)
  for (const connection of slow.connections) connection.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')
  await Promise.all(survivors.map((client: RawConnection) => client.until('done')))

  await eventually(async () => {
    await Promise.all(Array.from({ length: 16 }, () => request(proxy.port)))
    return proxy.server.status().threads.every(({ state }) => state === 'running')
  })
  assert.equal((await request(proxy.port)).status, 200)
})

for (const name of ['max-connections', 'max-connections-per-address', 'max-connections-per-tenant']) {
  test(`a data thread that dies gives back its places of ${name}, and no more than these`, async (t) => {
    const threads = watchThreads(t)
    const origin = await startRawOrigin(t, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    const tenants = [{ pools: { web: { endpoints: [origin.url] } } }]
    const proxy = await startProxy(t, { settings: { [name]: '24' }, tenants }, { threads: 2 })
    const open = async (count: number) => {
      const clients = await Promise.all(Array.from({ length: count }, () => connectRaw(t, proxy.port)))
      for (const client of clients) client.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
      await eventually(() => clients.every(({ received, isEnded }) => isEnded || received.includes('\r\n\r\n')))
      return clients.filter(({ received }) => received.startsWith('HTTP/1.1 200'))
    }
    // One after the other: of many at once the faster thread might take all places.
    const before: RawConnection[] = []
    for (let at = 0; at < 24; at++) before.push(...(await open(1)))
    assert.equal(before.length, 24)
    assert.equal((await open(24)).length, 0)
    const [victim] = threads
    await victim.terminate()
    await eventually(() => {
      const [replacement] = proxy.server.status().threads
      return replacement.state === 'running' && replacement.restarts === 1
    })
    await eventually(async () => {
      const status = proxy.server.status()
      return status.threads[0].connections === 0 && status.listeners.every(({ state }) => state === 'listening')
    })
    // Its clients hear of it later than its slots do.
    await eventually(() => before.some(({ isEnded }) => isEnded))
    const admitted = (await open(48)).length
    const lost = before.filter(({ isEnded }) => isEnded).length
    assert.ok(lost < 24, `the kernel gave each thread some: ${lost}`)
    assert.equal(admitted, lost)
  })
}

test('the replacement enforces what its predecessor did, and what was changed since', async (t) => {
  const threads = watchThreads(t)
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } }, keys: {} }] })
  const [victim] = threads
  await victim.terminate()
  await eventually(() => proxy.server.status().threads[0].restarts === 1)
  await eventually(async () => (await request(proxy.port)).status === 200)
  const { outcome } = await proxy.change((writer) => writer.update(tenant, 1, { state: 'suspended' }))
  assert.equal(outcome, 'applied')
  assert.equal((await request(proxy.port)).status, 403)
})
