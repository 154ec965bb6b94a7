import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { checkEndpoint, readEvents, readPool } from '../../src/control/control-client.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { setting } from '../../src/model/setting.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { request } from '../support/request.ts'
import { askAll, startAddressOrigin } from '../support/start-address-origin.ts'
import { startDnsServer } from '../support/start-dns-server.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startWebSocketOrigin } from '../support/start-websocket-origin.ts'
import { openWebSocket } from '../support/websocket-client.ts'
import { startServer } from '../support/start-server.ts'
import type { TestPool } from '../support/write-config.ts'

test('a name is all its addresses, found before anybody asks, and looked up again by its time to live', async (t) => {
  const { dns, origin, proxy } = await start(
    t,
    (port) => ({ endpoints: [`http://web.internal:${port}`] }),
    (server) => {
      server.set('web.internal', { a: ['127.0.0.2', '127.0.0.3'], ttl: 1 })
    },
  )
  assert.equal(await askAll(proxy, origin, { count: 4 }), '127.0.0.2,127.0.0.3')
  dns.set('web.internal', { a: ['127.0.0.3', '127.0.0.4'], ttl: 1 })
  await eventually(async () => (await askAll(proxy, origin, { count: 4 })) === '127.0.0.3,127.0.0.4')
  await eventually(() => origin.open.get('127.0.0.2') === 0)

  const status = await readPool(proxy.folder, { tenant: 'acme', pool: 'web' })
  const source = `http://web.internal:${origin.port}`
  assert.deepEqual(
    status?.endpoints.map(({ url, state, source: from }) => [url, state, from]),
    ['127.0.0.3', '127.0.0.4'].map((address) => [`http://${address}:${origin.port}`, 'unchecked', source]),
  )
  assert.partialDeepStrictEqual(status?.sources, [{ source, sought: 'web.internal', found: 2, failure: '' }])
  const events = await readEvents(proxy.folder, { afterId: 0, tenant: 'acme' })
  assert.deepEqual(
    events.map(({ kind, pool, reason }) => [kind, pool, reason]),
    [['endpoints_changed', 'web', `http://127.0.0.4:${origin.port} joined; http://127.0.0.2:${origin.port} left`]],
  )
})

test('an endpoint that is checked on demand is each of its addresses', async (t) => {
  const { dns, origin, proxy } = await start(
    t,
    (port) => ({ endpoints: [`http://web.internal:${port}`] }),
    (server) => {
      server.set('web.internal', { a: ['127.0.0.2', '127.0.0.3'], ttl: 60 })
    },
  )
  const name = { tenant: 'acme', pool: 'web', url: `http://web.internal:${origin.port}` }
  assert.deepEqual(
    (await checkEndpoint(proxy.folder, name))?.map(({ url, isHealthy }) => [url, isHealthy]),
    ['127.0.0.2', '127.0.0.3'].map((address) => [`http://${address}:${origin.port}`, true]),
  )
  assert.ok(dns.questions.length > 0)
})

test('a service brings hosts with their ports, weights and priorities', async (t) => {
  const { dns, origin, proxy } = await start(
    t,
    () => ({ endpoints: ['srv+http://_web._tcp.internal'] }),
    (server, port) => {
      server.set('w1.internal', { a: ['127.0.0.2'], ttl: 1 })
      server.set('w2.internal', { a: ['127.0.0.3'], ttl: 1 })
      server.set('w3.internal', { a: ['127.0.0.4'], ttl: 1 })
      const like = { port, ttl: 1 }
      server.setService('_web._tcp.internal', [
        { ...like, target: 'w1.internal', priority: 10, weight: 3 },
        { ...like, target: 'w2.internal', priority: 10, weight: 1 },
        { ...like, target: 'w3.internal', priority: 20, weight: 1 },
      ])
    },
  )
  await askAll(proxy, origin, { count: 40 })
  assert.deepEqual(Object.fromEntries(origin.served), { '127.0.0.2': 30, '127.0.0.3': 10 })
  dns.setService('_web._tcp.internal', [{ target: 'w3.internal', port: origin.port, priority: 20, weight: 1, ttl: 1 }])
  await eventually(async () => (await askAll(proxy, origin, { count: 4 })) === '127.0.0.4')
})

test('what was found last stays, whatever is wrong with the answers that follow', async (t) => {
  const failures = ['nxdomain', 'servfail', 'refused', 'garbage', 'silent'] as const
  const dns = await startDnsServer(t)
  const origin = await startAddressOrigin(t)
  for (const failure of failures) dns.set(`${failure}.internal`, { a: ['127.0.0.2'], ttl: 1 })
  const tenants = failures.map((name) => ({
    name,
    pools: { web: { endpoints: [`http://${name}.internal:${origin.port}`] } },
  }))
  const proxy = await startProxy(t, { settings: { 'dns-servers': `127.0.0.1:${dns.port}` }, tenants })
  for (const failure of failures) dns.set(`${failure}.internal`, failure)
  const ask = (host: string) => askAll(proxy, origin, { count: 1, host: `${host}.test` })
  const countAsked = (failure: string) => dns.questions.filter(({ name }) => name === `${failure}.internal`).length
  const asked = failures.map(countAsked)
  for (const [at, failure] of failures.entries()) {
    await eventually(() => countAsked(failure) > asked[at] + 1, 10_000)
    assert.equal(await ask(failure), '127.0.0.2')
  }
  const failed = await eventually(async () =>
    (await readEvents(proxy.folder, { afterId: 0, tenant: 'servfail' })).find(({ kind }) => kind === 'lookup_failed'),
  )
  assert.equal(failed.reason, 'servfail.internal: the name server has failed (SERVFAIL); its last good answer stays')
  for (const failure of failures) dns.set(`${failure}.internal`, { a: ['127.0.0.3'], ttl: 1 })
  for (const failure of failures) await eventually(async () => (await ask(failure)) === '127.0.0.3', 15_000)
})

test('a name that nobody knows keeps nobody else from being served, and is served as soon as it is known', async (t) => {
  const { dns, origin, proxy } = await start(
    t,
    (port) => ({ endpoints: [`http://gone.internal:${port}`] }),
    (server) => server.set('gone.internal', 'nxdomain'),
  )
  const { status, headers } = await request(proxy.port)
  assert.deepEqual([status, headers['content-type']], [503, 'application/problem+json'])
  const pool = await readPool(proxy.folder, { tenant: 'acme', pool: 'web' })
  assert.partialDeepStrictEqual(pool?.endpoints, [{ url: `http://gone.internal:${origin.port}`, state: 'unresolved' }])
  assert.match(pool?.endpoints[0].reason ?? '', /NXDOMAIN/)
  const events = await readEvents(proxy.folder, { afterId: 0, tenant: 'acme' })
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['endpoint_unresolved'],
  )
  const outcome = await proxy.change((writer) => writer.update(endpoint, 1, { weight: 2 }), 'acme')
  assert.partialDeepStrictEqual(outcome, { outcome: 'applied', absentees: [{ state: 'unresolved', poolId: 1 }] })
  dns.set('gone.internal', { a: ['127.0.0.2'], ttl: 1 })
  await eventually(async () => (await askAll(proxy, origin, { count: 1 })) === '127.0.0.2')
})

test('an address becomes a name in one change and no request is refused in between', async (t) => {
  const { dns, origin, proxy } = await start(
    t,
    (port) => ({ endpoints: [`http://127.0.0.9:${port}`] }),
    () => {},
  )
  dns.set('web.internal', { a: ['127.0.0.2'], ttl: 60, delayMs: 100 })
  const flood = await startFlood(t, { port: proxy.port, connections: 4 })
  await eventually(() => flood.answers > 100)
  const outcome = await proxy.change((writer) => {
    writer.remove(endpoint, 1)
    writer.insert(endpoint, { poolId: 1, url: `http://web.internal:${origin.port}` })
  }, 'acme')
  assert.partialDeepStrictEqual(outcome, { outcome: 'applied', absentees: [] })
  origin.takeServed()
  const answers = flood.answers
  await eventually(() => flood.answers > answers + 100)
  await flood.stop()
  assert.equal(await askAll(proxy, origin, { count: 2 }), '127.0.0.2')
  assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])
})

test('who stays keeps its clients, and a WebSocket to who has left goes on', async (t) => {
  const dns = await startDnsServer(t)
  const origin = await startAddressOrigin(t)
  const socketOrigin = await startWebSocketOrigin(t)
  dns.set('web.internal', { a: ['127.0.0.2', '127.0.0.3'], ttl: 1 })
  dns.set('socket.internal', { a: ['127.0.0.1'], ttl: 1 })
  const { port: socketPort } = new URL(socketOrigin.url)
  const proxy = await startProxy(t, {
    settings: { 'dns-servers': `127.0.0.1:${dns.port}` },
    tenants: [
      { pools: { web: { sticky: 'cookie', endpoints: [`http://web.internal:${origin.port}`] } } },
      { name: 'globex', hosts: ['localhost'], pools: { web: { endpoints: [`http://socket.internal:${socketPort}`] } } },
    ],
  })
  const socket = await openWebSocket(t, `ws://localhost:${proxy.port}/`)
  const first = await request(proxy.port)
  const cookie = String(first.headers['set-cookie']).split(';')[0]
  const pinned = first.body.replace('::ffff:', '')
  dns.set('web.internal', { a: [pinned, '127.0.0.4', '127.0.0.5'], ttl: 1 })
  dns.set('socket.internal', { a: ['127.0.0.9'], ttl: 1 })
  await eventually(() => proxy.logged.filter(({ code }) => code === 'endpoints_changed').length === 2)
  for (let at = 0; at < 10; at++) {
    const { body } = await request(proxy.port, { headers: { cookie } })
    assert.equal(body.replace('::ffff:', ''), pinned)
  }
  socket.send('still here')
  assert.equal(await socket.next(), 'still here')
})

test('many changes of membership under load lose no request and leave nothing behind', async (t) => {
  const names = Array.from({ length: 100 }, (_, at) => `n${at}.internal`)
  const dns = await startDnsServer(t)
  const origin = await startAddressOrigin(t)
  const addressesOf = (turn: number) => [`127.0.1.${1 + (turn % 5)}`, `127.0.1.${1 + ((turn + 1) % 5)}`]
  for (const name of names) dns.set(name, { a: addressesOf(0), ttl: 1 })
  const proxy = await startProxy(
    t,
    {
      settings: { 'dns-servers': `127.0.0.1:${dns.port}` },
      tenants: names.map((name, at) => ({
        name: `t${at}`,
        pools: { web: { endpoints: [`http://${name}:${origin.port}`] } },
      })),
    },
    { threads: 2 },
  )
  const floods = await Promise.all(
    names.map((_, at) => startFlood(t, { port: proxy.port, host: `t${at}.test`, connections: 1 })),
  )
  const countChanges = () => proxy.logged.filter(({ code }) => code === 'endpoints_changed').length
  for (let turn = 1; turn <= 2; turn++) {
    for (const name of names) dns.set(name, { a: addressesOf(turn), ttl: 1 })
    await eventually(() => countChanges() === turn * names.length)
  }
  await eventually(() => ['127.0.1.1', '127.0.1.2'].every((address) => origin.open.get(address) === 0))
  await Promise.all(floods.map((flood) => flood.stop()))
  assert.equal(countChanges(), 200)
  for (const flood of floods) assert.deepEqual([[...flood.statuses.keys()], flood.broken], [[200], 0])
})

test('a server that starts while name servers are down knows where endpoints were', async (t) => {
  const { dns, origin, proxy } = await start(
    t,
    (port) => ({ endpoints: [`http://web.internal:${port}`] }),
    (server) => server.set('web.internal', { a: ['127.0.0.2'], ttl: 1 }),
  )
  await proxy.server.close()
  dns.set('web.internal', 'servfail')
  const next = await startServer(t, { folder: proxy.folder, threads: 1 })
  assert.equal(await askAll(next, origin, { count: 2 }), '127.0.0.2')
  dns.set('web.internal', { a: ['127.0.0.3'], ttl: 1 })
  await eventually(async () => (await askAll(next, origin, { count: 2 })) === '127.0.0.3')
})

test('another name server is asked as soon as the setting says so', async (t) => {
  const { origin, proxy } = await start(
    t,
    (port) => ({ endpoints: [`http://web.internal:${port}`] }),
    (server) => {
      server.set('web.internal', { a: ['127.0.0.2'], ttl: 3_600 })
    },
  )
  const other = await startDnsServer(t)
  other.set('web.internal', { a: ['127.0.0.3'], ttl: 3_600 })
  await proxy.change((writer) => writer.update(setting, 1, { value: `127.0.0.1:${other.port}` }))
  await eventually(async () => (await askAll(proxy, origin, { count: 2 })) === '127.0.0.3')
})

/** A server with one pool whose name server knows what `teach` has told it. */
async function start(
  t: TestContext,
  createPool: (port: number) => TestPool,
  teach: (server: Awaited<ReturnType<typeof startDnsServer>>, port: number) => void,
) {
  const dns = await startDnsServer(t)
  const origin = await startAddressOrigin(t)
  teach(dns, origin.port)
  const proxy = await startProxy(t, {
    settings: { 'dns-servers': `127.0.0.1:${dns.port}` },
    tenants: [{ pools: { web: createPool(origin.port) } }],
  })
  return { dns, origin, proxy }
}
