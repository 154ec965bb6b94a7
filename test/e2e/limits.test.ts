import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintKey } from '../../src/auth/key.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { limit } from '../../src/model/limit.ts'
import { plan } from '../../src/model/plan.ts'
import { setting } from '../../src/model/setting.ts'
import { tenant } from '../../src/model/tenant.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { startWebSocketOrigin } from '../support/start-websocket-origin.ts'
import { openWebSocket } from '../support/websocket-client.ts'

const perHour = (burst: number) => ({ rate: '1/h', burst })

test('the limits of tenant, route and key must all admit a request; what one refuses costs the others nothing', async (t) => {
  const origin = await startOrigin(t)
  const [ci, app] = [mintKey().secret, mintKey().secret]
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: { web: { endpoints: [origin.url] } },
        routes: [{ auth: 'key' }, { path: '/v1', auth: 'key' }],
        keys: { ci, app },
        limits: { tenant: perHour(10), 'route:route1': perHour(4), 'key:ci': perHour(2) },
      },
    ],
  })
  const ask = async (path: string, key: string) => {
    const { status, body } = await request(proxy.port, { path, headers: { 'x-api-key': key } })
    return status === 200 ? 'ok' : (JSON.parse(body) as { 'violated-policies': string[] })['violated-policies'].join()
  }
  const outcomes: string[] = []
  for (const [path, key, times] of [
    ['/v1', ci, 4],
    ['/', ci, 2],
    ['/v1', app, 4],
    ['/', app, 8],
  ] as const) {
    for (let at = 0; at < times; at++) outcomes.push(await ask(path, key))
  }
  const ok = Array.from({ length: 6 }, () => 'ok')
  // Ten in all: the six that were refused before have taken nothing of the tenant's.
  assert.deepEqual(
    outcomes.join(' '),
    ['ok ok key:ci key:ci', 'key:ci key:ci', 'ok ok route:route1 route:route1', `${ok.join(' ')} tenant tenant`].join(
      ' ',
    ),
  )
  assert.equal(origin.requests.length, 10)
})

test('of what several limits admit together none admits one too many, over four threads', async (t) => {
  const origin = await startOrigin(t, (_, response) => response.writeHead(200, { 'content-length': 2 }).end('ok'))
  const limits = { tenant: perHour(500), 'route:route0': perHour(300) }
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } }, routes: [{}, { path: '/v1' }], limits }] },
    { threads: 4 },
  )
  const floods = await Promise.all(
    ['/', '/v1'].map((path) => startFlood(t, { port: proxy.port, connections: 32, path })),
  )
  await eventually(() => floods.every(({ statuses }) => (statuses.get(429) ?? 0) > 300))
  await Promise.all(floods.map((flood) => flood.stop()))
  const [first, second] = floods.map(({ statuses }) => statuses.get(200) ?? 0)
  assert.ok(first <= 300, String(first))
  assert.equal(first + second, 500)
})

test('concurrency counts what is under way, also WebSockets, and gives its places back', async (t) => {
  const sockets = await startWebSocketOrigin(t)
  const silent = await startRawOrigin(t, () => {})
  const quick = await startOrigin(t)
  const pools = {
    chat: { endpoints: [sockets.url] },
    slow: { endpoints: [silent.url] },
    web: { endpoints: [quick.url] },
  }
  const routes = [{ path: '/chat' }, { path: '/slow', pool: 'slow' }, { path: '/', pool: 'web' }]
  const proxy = await startProxy(
    t,
    { tenants: [{ hosts: ['localhost', 'acme.test'], pools, routes, limits: { tenant: { concurrency: 2 } } }] },
    { threads: 2 },
  )
  const socket = await openWebSocket(t, `ws://localhost:${proxy.port}/chat`)
  const client = await connectRaw(t, proxy.port)
  client.write('GET /slow HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => silent.connections.length === 1)
  const refused = await request(proxy.port)
  assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '1'])
  const problem = { code: 'concurrency_limited', 'violated-policies': ['tenant'] }
  assert.partialDeepStrictEqual(JSON.parse(refused.body), problem)
  client.reset()
  await eventually(async () => (await request(proxy.port)).status === 200)
  await openWebSocket(t, `ws://localhost:${proxy.port}/chat`)
  assert.equal((await request(proxy.port)).status, 429)
  socket.close(1000)
  await eventually(async () => (await request(proxy.port)).status === 200)
})

test('exactly as many requests are under way as may be, over four threads', async (t) => {
  let underWay = 0
  let most = 0
  const origin = await startOrigin(t, (_, response) => {
    underWay += 1
    most = Math.max(most, underWay)
    setTimeout(() => {
      underWay -= 1
      response.writeHead(200, { 'content-length': 2 }).end('ok')
    }, 2)
  })
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits: { tenant: { concurrency: 7 } } }] },
    { threads: 4 },
  )
  const flood = await startFlood(t, { port: proxy.port, connections: 40 })
  await eventually(() => (flood.statuses.get(200) ?? 0) > 500)
  await flood.stop()
  assert.equal(most, 7)
  assert.deepEqual(
    [...flood.statuses.keys()].toSorted((a, b) => a - b),
    [200, 429],
  )
})

test('a limit that merely shadows refuses nobody, and the record says whom it would have', async (t) => {
  const origin = await startOrigin(t)
  const limits = { tenant: { ...perHour(2), onExceed: 'shadow' as const }, 'route:route0': perHour(4) }
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits }] })
  const statuses: number[] = []
  for (let at = 0; at < 5; at++) statuses.push((await request(proxy.port)).status)
  assert.deepEqual(statuses, [200, 200, 200, 200, 429])
  await proxy.server.close()
  assert.deepEqual(
    [...queryLog(proxy.folder, {})].map((line) => line.shadowed_by),
    [[], [], ['tenant'], ['tenant'], []],
  )
})

test('answers say what is left, as the setting has it', async (t) => {
  const origin = await startOrigin(t)
  const limits = { tenant: { rate: '60/m', burst: 120 }, 'route:route0': { rate: '1/m', burst: 3 } }
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits }] })
  const fields = async () => {
    const { headers } = await request(proxy.port)
    return Object.fromEntries(Object.entries(headers).filter(([name]) => name.includes('ratelimit')))
  }
  const policy = '"tenant";q=120;w=120, "route:route0";q=3;w=180'
  const first = { 'ratelimit-policy': policy, ratelimit: '"route:route0";r=2;t=60' }
  assert.deepEqual(await fields(), first)
  const { id } = await proxy
    .change((writer) => writer.insert(setting, { name: 'rate-limit-headers', value: 'both' }))
    .then(() => proxy.store.find(setting, { name: 'rate-limit-headers' })!)
  assert.deepEqual(await fields(), {
    'ratelimit-policy': policy,
    ratelimit: '"route:route0";r=1;t=120',
    'x-ratelimit-limit': '3',
    'x-ratelimit-remaining': '1',
    'x-ratelimit-reset': '120',
  })
  await proxy.change((writer) => writer.update(setting, id, { value: 'legacy' }))
  assert.deepEqual(Object.keys(await fields()), ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'])
  const refused = await request(proxy.port)
  assert.deepEqual([refused.status, refused.headers['x-ratelimit-remaining']], [429, '0'])
  const seconds = Number(refused.headers['retry-after'])
  assert.ok(seconds >= 59 && seconds <= 75, String(seconds))
  await proxy.change((writer) => writer.update(setting, id, { value: 'off' }))
  assert.deepEqual(await fields(), {})
})

test('a limit that is changed keeps what was used, and one of a new key holds at once', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, {
    tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits: { tenant: perHour(3) } }],
  })
  const ask = async () => (await request(proxy.port)).status
  assert.deepEqual([await ask(), await ask()], [200, 200])
  await proxy.change((writer) => writer.update(limit, 1, { concurrency: 100 }), 'acme')
  assert.deepEqual([await ask(), await ask()], [200, 429])
  await proxy.change((writer) => writer.remove(limit, 1), 'acme')
  assert.equal(await ask(), 200)
})

test('each value of a header has a limit of its own beside that of all, and who leaves it out does not escape', async (t) => {
  const origin = await startOrigin(t)
  const limits = { 'tenant/header:x-user': perHour(2), 'tenant/query:team': perHour(4), tenant: perHour(9) }
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits }] },
    { threads: 2 },
  )
  const ask = async (headers: Readonly<Record<string, string>>, path = '/') => {
    const { status, body } = await request(proxy.port, { headers, path })
    return status === 200 ? 'ok' : (JSON.parse(body) as { 'violated-policies': string[] })['violated-policies'].join()
  }
  const times = async (count: number, ...asked: Parameters<typeof ask>) => {
    const outcomes: string[] = []
    for (let at = 0; at < count; at++) outcomes.push(await ask(...asked))
    return outcomes.join(' ')
  }
  const header = 'tenant/header:x-user'
  assert.equal(await times(3, { 'X-User': 'ada' }, '/?team=a'), `ok ok ${header}`)
  assert.equal(await times(3, { 'x-user': 'bob' }, '/?x=1&team=a'), `ok ok ${header}`)
  assert.equal(await times(1, { 'x-user': 'eve' }, '/?team=a'), 'tenant/query:team')
  assert.equal(await times(3, {}, '/?team=b'), `ok ok ${header}`)
  assert.equal(await times(3, { 'x-user': 'eve' }), `ok ok ${header}`)
  assert.equal(await times(2, { 'x-user': 'joe' }), 'ok tenant')
})

test('a change of a plan holds for all tenants that have it, keeps what they have used, and touches no other', async (t) => {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(t, {
    tenants: ['acme', 'globex', 'initech'].map((name) => ({ name, pools })),
  })
  const ask = async (name: string, times: number) => {
    const statuses: number[] = []
    for (let at = 0; at < times; at++) statuses.push((await request(proxy.port, { host: `${name}.test` })).status)
    return statuses.join(' ')
  }
  await proxy.change((writer) => {
    writer.insert(plan, { name: 'gold', ...perHour(3) })
    for (const id of [1, 2]) writer.update(tenant, id, { plan: 'gold' })
    writer.insert(limit, { tenantId: 2, target: 'tenant', ...perHour(1) })
  })
  assert.equal(await ask('acme', 2), '200 200')
  assert.equal(await ask('globex', 2), '200 429', 'its own limit takes the place of the plan’s')
  assert.equal(await ask('initech', 4), '200 200 200 200')
  const revisions = () => proxy.store.list(tenant).map(({ revision }) => revision)
  const before = revisions()
  await proxy.change((writer) => writer.update(plan, 1, { burst: 4 }), 'acme')
  const after = revisions()
  assert.deepEqual(
    [0, 1, 2].map((at) => after[at] > before[at]),
    [true, true, false],
  )
  assert.equal(await ask('acme', 3), '200 200 429')
  await proxy.change((writer) => writer.remove(plan, 1))
  await eventually(() => proxy.server.status().tenants.quarantined.length === 2)
  assert.equal(await ask('acme', 1), '429', 'what was in force goes on')
  await proxy.change((writer) => writer.update(tenant, 1, { plan: undefined }), 'acme')
  assert.equal(await ask('acme', 4), '200 200 200 200')
})

test('a global limit bounds all tenants together, beside limits of their own, and comes and goes with its setting', async (t) => {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(
    t,
    {
      settings: { 'global-rate': '1/h', 'global-burst': '6' },
      tenants: [{ pools }, { name: 'globex', pools, limits: { tenant: perHour(2) } }],
    },
    { threads: 2 },
  )
  const ask = async (host: string, times: number) => {
    const statuses: number[] = []
    for (let at = 0; at < times; at++) statuses.push((await request(proxy.port, { host })).status)
    return statuses.join(' ')
  }
  assert.equal(await ask('globex.test', 4), '200 200 429 429')
  // What the tenant's own limit has refused has taken nothing of all.
  assert.equal(await ask('acme.test', 5), '200 200 200 200 503')
  const refused = await request(proxy.port)
  assert.partialDeepStrictEqual(JSON.parse(refused.body), { code: 'global_limited', 'violated-policies': ['global'] })
  const { id } = proxy.store.find(setting, { name: 'global-rate' })!
  await proxy.change((writer) => writer.remove(setting, id))
  assert.equal(await ask('acme.test', 3), '200 200 200')
  await proxy.change((writer) => writer.insert(setting, { name: 'global-concurrency', value: '1' }))
  assert.equal(await ask('acme.test', 3), '200 200 200')
})

test('a limit that queues lets requests wait for their turn, for as long as it says, and refuses the rest', async (t) => {
  const arrivedMs: number[] = []
  const origin = await startOrigin(t, (_, response) => {
    arrivedMs.push(performance.now())
    response.end('ok')
  })
  const limits = { tenant: { rate: '10/s', burst: 2, onExceed: 'queue' as const, maxWaitMs: 520 } }
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits }] },
    { threads: 2 },
  )
  const startMs = performance.now()
  const statuses = await Promise.all(Array.from({ length: 12 }, async () => (await request(proxy.port)).status))
  // Two at once, and five whose turns come within 520 ms; some more where they came late.
  const served = statuses.filter((status) => status === 200).length
  assert.ok(served >= 7 && served <= 9, String(served))
  assert.equal(arrivedMs.length, served)
  const turnsMs = arrivedMs.slice(2).map((ms) => ms - startMs)
  assert.ok(
    turnsMs.every((ms, index) => ms > 100 * (index + 1) - 5),
    turnsMs.join(' '),
  )
  assert.equal(statuses.filter((status) => status === 429).length, 12 - served)
  await proxy.server.close()
  const waited = [...queryLog(proxy.folder, {})].filter(({ status }) => status === 200).map((line) => line.waiting_ms)
  assert.ok(Math.max(...waited) > 400, String(Math.max(...waited)))
})

test('a client that leaves before its turn is never sent on', async (t) => {
  const origin = await startOrigin(t)
  const limits = { tenant: { rate: '4/s', burst: 1, onExceed: 'queue' as const } }
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limits }] })
  await request(proxy.port)
  const client = await connectRaw(t, proxy.port)
  client.write('GET /late HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await new Promise((resolve) => setTimeout(resolve, 50))
  client.reset()
  await eventually(() => [...queryLog(proxy.folder, {})].some(({ code }) => code === 'client_closed'))
  assert.equal((await request(proxy.port)).status, 200)
  assert.deepEqual(
    origin.requests.map(({ path }) => path),
    ['/', '/'],
  )
})
