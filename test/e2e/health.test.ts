import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkEndpoint, readEvents, readPool } from '../../src/control/control-client.ts'
import { pool } from '../../src/model/pool.ts'
import { setting } from '../../src/model/setting.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

const checked = { health: 'http', healthPath: '/healthz', healthIntervalMs: 100, rise: 2, fall: 2 } as const

test('an endpoint whose checks fail gets no requests, and gets them again when they are good', async (t) => {
  let isWell = true
  const sick = await startOrigin(t, ({ url }, response) => {
    response.writeHead(url === '/healthz' && !isWell ? 503 : 200, { 'content-length': 2 }).end('ok')
  })
  const well = await startOrigin(t)
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { ...checked, endpoints: [sick.url, well.url] } } }] },
    { threads: 2 },
  )
  const states = async () =>
    (await readPool(proxy.folder, { tenant: 'acme', pool: 'web' }))?.endpoints.map(({ state }) => state)
  const served = () => sick.requests.filter(({ path }) => path !== '/healthz').length
  const flood = await startFlood(t, { port: proxy.port, connections: 8 })
  await eventually(() => served() > 20)
  isWell = false
  await eventually(async () => (await states())?.join() === 'down,up')
  const answers = flood.answers
  await eventually(() => flood.answers > answers + 50)
  const before = served()
  await eventually(() => flood.answers > answers + 200)
  assert.equal(served(), before)
  isWell = true
  await eventually(() => served() > before)
  assert.deepEqual(await states(), ['up', 'up'])
  await flood.stop()
  assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])

  const events = await readEvents(proxy.folder, { afterId: 0, tenant: 'acme' })
  assert.partialDeepStrictEqual(events, [
    {
      id: 1,
      kind: 'endpoint_down',
      tenant: 'acme',
      pool: 'web',
      endpoint: sick.url,
      reason: '2 failed http checks in a row: status 503 is not in 200-399',
    },
    { id: 2, kind: 'endpoint_up', endpoint: sick.url, reason: '2 good http checks in a row: all is well' },
  ])
  assert.deepEqual(await readEvents(proxy.folder, { afterId: 1, tenant: 'acme' }), events.slice(1))
  assert.deepEqual(await readEvents(proxy.folder, { afterId: 0, tenant: 'globex' }), [])
  assert.ok(proxy.logged.some(({ code, endpoint }) => code === 'endpoint_down' && endpoint === sick.url))
})

test('when nobody is up there is no endpoint, and in panic all are used with an event', async (t) => {
  const origin = await startOrigin(t, ({ url }, response) => response.writeHead(url === '/healthz' ? 500 : 200).end())
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { ...checked, endpoints: [origin.url] } } }] })
  await eventually(async () => (await request(proxy.port)).status === 503)
  await proxy.change((writer) => writer.update(pool, 1, { panicBelowPercent: 50 }), 'acme')
  assert.equal((await request(proxy.port)).status, 200)
  const kinds = async () => (await readEvents(proxy.folder, { afterId: 0, tenant: undefined })).map(({ kind }) => kind)
  await eventually(async () => (await kinds()).includes('panic_began'))
})

test('an edit of something else keeps an endpoint down, and no checks any more lift it', async (t) => {
  const origin = await startOrigin(t, ({ url }, response) => response.writeHead(url === '/healthz' ? 500 : 200).end())
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { ...checked, endpoints: [origin.url] } } }] })
  await eventually(async () => (await request(proxy.port)).status === 503)
  await proxy.change((writer) => writer.update(pool, 1, { balance: 'random' }), 'acme')
  assert.equal((await request(proxy.port)).status, 503)
  await proxy.change((writer) => writer.update(pool, 1, { health: 'off' }), 'acme')
  assert.equal((await request(proxy.port)).status, 200)
  const [status] = (await readPool(proxy.folder, { tenant: 'acme', pool: 'web' }))?.endpoints ?? []
  assert.equal(status.state, 'unchecked')
})

test('one check now tells what it found, whatever the pool checks', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const name = { tenant: 'acme', pool: 'web', url: origin.url }
  assert.partialDeepStrictEqual(await checkEndpoint(proxy.folder, name), [{ kind: 'tcp', isHealthy: true }])
  origin.close()
  const [report] = (await checkEndpoint(proxy.folder, name)) ?? []
  assert.partialDeepStrictEqual(report, { isHealthy: false, reason: 'connection refused' })
  assert.equal(await checkEndpoint(proxy.folder, { ...name, url: 'http://127.0.0.1:1' }), null)
  assert.equal(await readPool(proxy.folder, { tenant: 'acme', pool: 'nobody' }), null)
})

test('a command checks endpoints where the setting allows it, and nobody is held down by it where it does not', async (t) => {
  const origins = await Promise.all([startOrigin(t), startOrigin(t)])
  const healthCommand = `test $MTLB_PORT != ${origins[0].port} || { echo out of order; exit 1; }`
  const web = { ...checked, health: 'exec' as const, healthCommand, endpoints: origins.map(({ url }) => url) }
  const proxy = await startProxy(t, { settings: { 'allow-exec': 'on' }, tenants: [{ pools: { web } }] })
  const states = async () =>
    (await readPool(proxy.folder, { tenant: 'acme', pool: 'web' }))?.endpoints.map(({ state, reason }) => [
      state,
      reason,
    ])
  const down = ['down', 'exit code 1: out of order']
  await eventually(async () => JSON.stringify(await states()) === JSON.stringify([down, ['up', '']]))
  const name = { tenant: 'acme', pool: 'web', url: origins[0].url }
  assert.partialDeepStrictEqual(await checkEndpoint(proxy.folder, name), [{ kind: 'exec', reason: down[1] }])

  await proxy.change((writer) => writer.update(setting, 1, { value: 'off' }))
  await eventually(async () => (await states())?.[0][0] === 'up')
  const refused = { isHealthy: false, reason: "the setting 'allow-exec' is off" }
  assert.partialDeepStrictEqual(await checkEndpoint(proxy.folder, name), [refused])
  await proxy.change((writer) => writer.update(setting, 1, { value: 'on' }))
  await eventually(async () => (await states())?.[0][0] === 'down')
})
