import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEvents } from '../../src/control/control-client.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

test('one of five endpoints that fails more often than the others is ejected, though never often in a row', async (t) => {
  let count = 0
  const flaky = await startOrigin(t, (_, response) => {
    count += 1
    response.writeHead(count % 3 === 0 ? 500 : 200, { 'content-length': 0 }).end()
  })
  const others = await Promise.all(Array.from({ length: 4 }, () => startOrigin(t)))
  const pool = { endpoints: [flaky, ...others].map(({ url }) => url), ejectMinRequests: 10 }
  const proxy = await startProxy(t, { tenants: [{ pools: { web: pool } }] })
  for (let at = 0; at < 100; at++) await request(proxy.port)
  const events = await eventually(async () => {
    const all = await readEvents(proxy.folder, { afterId: 0, tenant: 'acme' })
    return all.length > 0 ? all : undefined
  }, 15_000)
  assert.deepEqual([events.length, events[0].kind, events[0].endpoint], [1, 'endpoint_ejected', flaky.url])
  assert.match(events[0].reason, /^70\.0% of its requests succeeded, 94\.0% on average.*; out for 10s$/)
})
