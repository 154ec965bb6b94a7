import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { readStatus } from '../../src/control/control-client.ts'
import { setting } from '../../src/model/setting.ts'
import { tenant } from '../../src/model/tenant.ts'
import { eventually } from '../support/eventually.ts'
import { keepAsking } from '../support/keep-asking.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

/** Two tenants with endpoints of their own, which answer after 5 ms, and a server that serves four requests at once. */
async function start(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const slowly = (_: unknown, response: { end(text: string): void }) => void setTimeout(() => response.end('ok'), 5)
  const tenants = await Promise.all(
    ['acme', 'globex'].map(async (name) => {
      const { url } = await startOrigin(t, slowly)
      return { name, hosts: [`${name}.test`], pools: { web: { endpoints: [url] } } }
    }),
  )
  const bounds = { 'max-in-flight': '4', queue: '8', ...settings }
  return startProxy(t, { settings: bounds, tenants }, { threads: 2 })
}

test('a tenant that floods the server gets its part of its places, and its full queue refuses nobody else', async (t) => {
  const { port, folder, server } = await start(t)
  const loud = keepAsking(t, port, { host: 'acme.test', clients: 40 })
  await eventually(() => (loud.statuses.get(503) ?? 0) > 10)
  await eventually(async () => {
    const load = (await readStatus(folder))?.load
    return load?.inFlight === 4 && load.maxInFlight === 4 && load.waiting > 0
  })
  const before = loud.statuses.get(200) ?? 0
  const quiet = keepAsking(t, port, { host: 'globex.test', clients: 4 })
  await sleep(1_000)
  const [ofLoud, ofQuiet] = [(loud.statuses.get(200) ?? 0) - before, quiet.statuses.get(200) ?? 0]
  await Promise.all([loud.end(), quiet.end()])
  assert.deepEqual([...quiet.statuses.keys()], [200])
  assert.ok(ofQuiet / ofLoud > 0.8 && ofQuiet / ofLoud < 1.3, `${ofQuiet} of the quiet one, ${ofLoud} of the other`)
  assert.deepEqual(await loadOf(folder), { inFlight: 0, maxInFlight: 4, waiting: 0 })
  await server.close()
})

const loadOf = async (folder: string) => (await readStatus(folder))?.load

test('the places of the server go by weight, and their number and the weights change while traffic flows', async (t) => {
  const { port, change, store, folder } = await start(t, { queue: '100' })
  await change((writer) => writer.update(tenant, 1, { weight: 3 }), 'acme')
  const heavy = keepAsking(t, port, { host: 'acme.test', clients: 20 })
  const light = keepAsking(t, port, { host: 'globex.test', clients: 20 })
  const ratio = async () => {
    const before = [heavy, light].map(({ statuses }) => statuses.get(200) ?? 0)
    await sleep(1_000)
    return ((heavy.statuses.get(200) ?? 0) - before[0]) / ((light.statuses.get(200) ?? 0) - before[1])
  }
  await eventually(() => (light.statuses.get(200) ?? 0) > 20)
  const weighted = await ratio()
  await change((writer) => writer.update(tenant, 1, { weight: 1 }), 'acme')
  const equal = await ratio()
  const { id } = store.find(setting, { name: 'max-in-flight' })!
  await change((writer) => writer.update(setting, id, { value: '0' }))
  await eventually(async () => (await loadOf(folder)) === null)
  assert.equal((await request(port, { host: 'globex.test' })).status, 200)
  await change((writer) => writer.update(setting, id, { value: '2' }))
  await eventually(async () => ((await loadOf(folder))?.inFlight ?? 0) > 0)
  await Promise.all([heavy.end(), light.end()])
  assert.ok(weighted > 2.5 && weighted < 3.5, `${weighted} of 3`)
  assert.ok(equal > 0.8 && equal < 1.25, `${equal} of 1`)
  assert.deepEqual([...heavy.statuses.keys(), ...light.statuses.keys()], [200, 200])
  assert.deepEqual(await loadOf(folder), { inFlight: 0, maxInFlight: 2, waiting: 0 })
})

test('who waits for a place of the server longer than may be is refused, and who goes away leaves', async (t) => {
  const { port, folder } = await start(t, { 'max-in-flight': '1', 'queue-timeout': '50ms' })
  const busy = keepAsking(t, port, { host: 'acme.test', clients: 30 })
  await eventually(() => (busy.statuses.get(503) ?? 0) > 20)
  await busy.end()
  await eventually(async () => (await loadOf(folder))?.waiting === 0)
  assert.equal((await request(port, { host: 'acme.test' })).status, 200)
  assert.deepEqual(await loadOf(folder), { inFlight: 0, maxInFlight: 1, waiting: 0 })
})
