import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { readPool } from '../../src/control/control-client.ts'
import { pool } from '../../src/model/pool.ts'
import { keepAsking } from '../support/keep-asking.ts'
import { serveSlowly } from '../support/slow-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

/** An endpoint of eight places of 20 ms: 400 requests a second. */
async function start(t: TestContext) {
  const server = serveSlowly({ places: 8, ms: 20 }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pools = { web: { endpoints: [url], adaptive: true, queue: 200, queueTimeoutMs: 10_000 } }
  const proxy = await startProxy(t, { tenants: [{ pools }] }, { threads: 2 })
  const status = async () => {
    const { inFlight = 0, maxInFlight = 0 } = (await readPool(proxy.folder, { tenant: 'acme', pool: 'web' })) ?? {}
    return { inFlight, maxInFlight }
  }
  return { ...proxy, status }
}

test('an adaptive pool sends its endpoint what that takes at once, and keeps it busy', async (t) => {
  const { port, status, change } = await start(t)
  assert.equal((await status()).maxInFlight, 20)
  const { statuses, end } = keepAsking(t, port, { host: 'acme.test', clients: 60 })
  await sleep(5_000)
  const before = statuses.get(200) ?? 0
  const limits: number[] = []
  for (let round = 0; round < 12; round++) {
    await sleep(250)
    const { inFlight, maxInFlight } = await status()
    limits.push(maxInFlight)
    // Right after a probe began, those under way that began before it.
    assert.ok(inFlight <= Math.max(...limits), `${inFlight} under way of ${maxInFlight}`)
  }
  const perSecond = ((statuses.get(200) ?? 0) - before) / 3
  await change((writer) => writer.update(pool, 1, { adaptive: false, maxInFlight: 3 }))
  assert.equal((await status()).maxInFlight, 3)
  await end()
  const usual = limits.toSorted((a, b) => a - b)[6]
  assert.ok(usual >= 7 && usual <= 18, `limits ${limits.join(' ')}`)
  assert.ok(perSecond > 300, `${perSecond} a second of 400`)
  assert.deepEqual([...statuses.keys()], [200])
})

test('what an operator allows at most holds for an adaptive pool, too', async (t) => {
  const { port, status, change } = await start(t)
  await change((writer) => writer.update(pool, 1, { maxInFlight: 4 }))
  const { statuses, end } = keepAsking(t, port, { host: 'acme.test', clients: 20 })
  await sleep(1_500)
  const { inFlight, maxInFlight } = await status()
  await end()
  assert.ok(maxInFlight >= 2 && maxInFlight <= 4 && inFlight <= 4, `${inFlight} of ${maxInFlight}`)
  assert.deepEqual([...statuses.keys()], [200])
})
