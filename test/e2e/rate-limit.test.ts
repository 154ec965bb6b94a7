import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limit as limitEntity } from '../../src/model/limit.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

test('100/s with a burst of 200 admits 400 of a flood of 2 s through four threads, within 1 %', async (t) => {
  const arrivalsMs: number[] = []
  const origin = await startOrigin(t, (_incoming, response) => {
    arrivalsMs.push(performance.now())
    response.writeHead(200, { 'content-length': 0 }).end()
  })
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limit: { rate: '100/s', burst: 200 } }] },
    { threads: 4 },
  )
  const startMs = performance.now()
  const flood = await startFlood(t, { port: proxy.port, connections: 32 })
  await eventually(() => performance.now() - startMs > 2_000)
  await flood.stop()

  const seconds = (arrivalsMs.at(-1)! - arrivalsMs[0]) / 1_000
  const allowed = 200 + 100 * seconds
  const admitted = arrivalsMs.length
  assert.ok(Math.abs(admitted - allowed) <= allowed / 100, `admitted ${admitted}, allowed ${allowed}`)
  assert.ok(admitted >= 396, `admitted ${admitted}`)
  assert.deepEqual(new Set(flood.statuses.keys()), new Set([200, 429]))
  assert.equal(flood.statuses.get(200), admitted)
  assert.equal(flood.broken, 0)
  assert.ok(proxy.server.status().threads.length === 4)
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
    const { limit } = proxy.store.readTenant(1)!
    writer.update(limitEntity, limit!.id, { rate: '1000/s', burst: 10 })
  })
  assert.equal(outcome, 'applied')
  await eventually(async () => (await ask('acme.test')) === 200)
})
