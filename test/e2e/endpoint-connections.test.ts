import assert from 'node:assert/strict'
import test from 'node:test'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

/** So many requests at once, each held until all have come: as many connections to the endpoint. */
async function burst(port: number, count: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: count }, () => request(port, { path: '/' })))
  assert.ok(answers.every(({ status }) => status === 200))
}

test('no more idle connections to an endpoint are kept than the setting says', async (t) => {
  const held: (() => void)[] = []
  const origin = await startOrigin(t, (_, response) => {
    held.push(() => response.end('ok'))
    if (held.length === 10) for (const answer of held.splice(0)) answer()
  })
  const proxy = await startProxy(t, {
    settings: { 'endpoint-idle-connections': '3' },
    tenants: [{ pools: { web: { endpoints: [origin.url] } } }],
  })
  await burst(proxy.port, 10)
  await eventually(() => origin.openCount === 3)
  assert.equal(origin.connectionCount, 10)
})

test('idle connections end after the idle timeout', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, {
    settings: { 'endpoint-idle-timeout': '100ms' },
    tenants: [{ pools: { web: { endpoints: [origin.url] } } }],
  })
  await burst(proxy.port, 1)
  await eventually(() => origin.openCount === 0)
})
