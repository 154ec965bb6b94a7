import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limit as limitEntity } from '../../src/model/limit.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

test('100/s with a burst of 200 admits 400 of a flood of 2 s through four threads, within 1 %', async (t) => {
  const origin = await startOrigin(t, (_, response) => void response.writeHead(200, { 'content-length': 0 }).end())
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limit: { rate: '100/s', burst: 200 } }] },
    { threads: 4 },
  )
  const startMs = performance.now()
  const flood = await startFlood(t, { port: proxy.port, connections: 32 })
  await eventually(() => performance.now() - startMs > 2_000)
  await flood.stop()

  // Nobody can have been admitted before the start or after the end; and when the last one was refused, all was used up.
  const most = 1.01 * (200 + (performance.now() - startMs) / 10)
  const least = 0.99 * (200 + (flood.lastSentMs(429) - flood.firstAnswerMs) / 10)
  const admitted = origin.requests.length
  assert.ok(admitted >= least && admitted <= most, `admitted ${admitted}, not ${least} to ${most}`)
  assert.deepEqual(new Set(flood.statuses.keys()), new Set([200, 429]))
  assert.equal(flood.statuses.get(200), admitted)
  assert.equal(flood.broken, 0)
})

test('one tenant’s limit is not another’s, and a raised one holds at once', async (t) => {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(t, {
    tenants: [
      { name: 'acme', pools, limit: { rate: '1/h', burst: 1 } },
      { name: 'globex', pools },
    ],
  })
  const ask = async (host: string) => (await request(proxy.port, { host })).status
  assert.deepEqual([await ask('acme.test'), await ask('acme.test'), await ask('globex.test')], [200, 429, 200])
  const { outcome } = await proxy.change((writer) => {
    const [limit] = proxy.store.readTenant(1)!.limits
    writer.update(limitEntity, limit.id, { rate: '1000/s', burst: 10 })
  })
  assert.equal(outcome, 'applied')
  await eventually(async () => (await ask('acme.test')) === 200)
})
