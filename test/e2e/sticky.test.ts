import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { pool } from '../../src/model/pool.ts'
import { encodePin } from '../../src/proxy/sticky-cookie.ts'
import { request } from '../support/request.ts'
import type { TestAnswer } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import type { Origin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startServer } from '../support/start-server.ts'
import { startWebSocketOrigin } from '../support/start-websocket-origin.ts'
import { connectRaw } from '../support/raw-connection.ts'

test('a client without a cookie gets one, and stays at its endpoint with it', async (t) => {
  const { port, origins } = await startSticky(t)
  const first = await request(port)
  assert.match(
    String(first.headers['set-cookie']),
    /^mtlb_sticky_1=[0-9a-z]+\.[0-9a-z]+\.[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
  )
  const cookie = cookieOf(first)
  const home = origins.findIndex(({ requests }) => requests.length === 1)
  for (let count = 0; count < 8; count += 1) {
    const again = await request(port, { headers: { cookie } })
    assert.equal(again.headers['set-cookie'], undefined)
  }
  assert.equal(origins[home].requests.length, 9)
  // Others take turns meanwhile.
  for (let count = 0; count < 6; count += 1) await request(port)
  assert.ok(origins.every(({ requests }) => requests.length >= 2))
})

test('the endpoint sees every cookie but ours, and sets its own', async (t) => {
  const { port, origins } = await startSticky(t)
  const cookie = cookieOf(await request(port))
  const ask = async (headers: Record<string, string | readonly string[]>) => {
    const answer = await request(port, { headers })
    return (JSON.parse(answer.body) as Origin['requests'][number]).headers.cookie
  }
  assert.equal(await ask({ cookie: `a=1; ${cookie}; b=2` }), 'a=1; b=2')
  assert.equal(await ask({ cookie }), undefined)
  assert.equal(await ask({ cookie: ['a=1', cookie, 'b=2'] }), 'a=1; b=2')
  assert.equal(await ask({ cookie: 'mtlb_sticky_1=forged; mtlb_sticky_99=x; a=1' }), 'a=1')
  assert.equal(await ask({ cookie: `a=1; ${cookie}`, connection: 'cookie' }), undefined)
  assert.equal(await ask({ cookie: 'a=1; b=2' }), 'a=1; b=2')
  assert.ok(origins.every(({ requests }) => requests.every(({ rawHeaders }) => !rawHeaders.join().includes('sticky'))))
})

test('whoever is not signed by us for this pool is balanced anew, and gets a cookie that is', async (t) => {
  const { port, store } = await startSticky(t)
  const cookie = cookieOf(await request(port))
  const { stickySecret: secret } = store.readGlobal()
  const expiresMs = systemClock.wallMs() + 60_000
  const good = { endpointId: 1, expiresMs }
  const scope = { secret, tenantId: 1, poolId: 1 }
  const accepted = encodePin(good, scope)
  assert.equal((await request(port, { headers: { cookie: `mtlb_sticky_1=${accepted}x` } })).status, 200)
  const refused = [
    encodePin(good, { ...scope, secret: 'guessed' }),
    encodePin(good, { ...scope, tenantId: 2 }),
    encodePin(good, { ...scope, poolId: 2 }),
    encodePin({ ...good, expiresMs: expiresMs - 120_000 }, scope),
    encodePin({ ...good, endpointId: 99 }, scope),
    `${cookie.slice(cookie.indexOf('=') + 1, -1)}!`,
    '',
    'x',
  ]
  for (const value of refused) {
    const answer = await request(port, { headers: { cookie: `mtlb_sticky_1=${value}` } })
    assert.equal(answer.status, 200)
    assert.ok(answer.headers['set-cookie'] !== undefined, value)
  }
})

test('a cookie of another tenant pins nobody, though both have their endpoints on the same port', async (t) => {
  const origin = await startOrigin(t)
  const web = { endpoints: [origin.url], sticky: 'cookie' as const }
  const proxy = await startProxy(t, {
    tenants: [
      { name: 'acme', pools: { web } },
      { name: 'globex', pools: { web } },
    ],
  })
  const value = cookieOf(await request(proxy.port)).split('=')[1]
  const headers = { cookie: `mtlb_sticky_2=${value}` }
  assert.match(cookieOf(await request(proxy.port, { host: 'globex.test', headers })), /^mtlb_sticky_2=/)
})

test('a cookie is renewed once half of its time is over', async (t) => {
  const { port, store } = await startSticky(t)
  const scope = { secret: store.readGlobal().stickySecret, tenantId: 1, poolId: 1 }
  const pinFor = (ms: number) => encodePin({ endpointId: 2, expiresMs: systemClock.wallMs() + ms }, scope)
  const ask = (ms: number) => request(port, { headers: { cookie: `mtlb_sticky_1=${pinFor(ms)}` } })
  assert.equal((await ask(50_000_000)).headers['set-cookie'], undefined)
  assert.equal(
    cookieOf(await ask(40_000_000))
      .split('=')[1]
      .split('.')[0],
    '2',
  )
})

test('a client is pinned anew when its endpoint fails, drains or goes, and stays otherwise', async (t) => {
  const { port, origins, store, change } = await startSticky(t)
  let cookie = cookieOf(await request(port))
  const homeOf = () => Number.parseInt(cookie.split('=')[1].split('.')[0], 36)
  const visit = async () => {
    const answer = await request(port, { headers: { cookie } })
    assert.equal(answer.status, 200)
    if (answer.headers['set-cookie'] === undefined) return false
    cookie = cookieOf(answer)
    return true
  }
  // An edit of another endpoint, or of the pool, moves nobody.
  const other = homeOf() === 1 ? 2 : 1
  await change((writer) => writer.update(endpoint, other, { weight: 7 }))
  assert.equal(await visit(), false)
  const drained = homeOf()
  await change((writer) => writer.update(endpoint, drained, { weight: 0 }))
  assert.equal(await visit(), true)
  assert.notEqual(homeOf(), drained)
  const removed = homeOf()
  await change((writer) => writer.remove(endpoint, removed))
  assert.equal(await visit(), true)
  await change((writer) => writer.update(endpoint, drained, { weight: 1 }))
  assert.equal(await visit(), false)
  const failed = homeOf()
  origins.find(({ url }) => url === store.find(endpoint, { id: failed })?.url)?.close()
  assert.equal(await visit(), true)
  assert.notEqual(homeOf(), failed)
  assert.equal(await visit(), false)
})

test('two pools of a host pin a client each, and neither sees the other’s cookie', async (t) => {
  const [a, b] = [await startOrigin(t), await startOrigin(t)]
  const sticky = 'cookie' as const
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: {
          one: { endpoints: [a.url], sticky },
          two: { endpoints: [b.url], sticky },
          plain: { endpoints: [b.url] },
        },
        routes: [{ path: '/' }, { path: '/two', pool: 'two' }, { path: '/plain', pool: 'plain' }],
      },
    ],
  })
  const cookies = [cookieOf(await request(proxy.port)), cookieOf(await request(proxy.port, { path: '/two' }))]
  assert.deepEqual(
    cookies.map((cookie) => cookie.split('=')[0]),
    ['mtlb_sticky_1', 'mtlb_sticky_2'],
  )
  for (const path of ['/', '/two', '/plain']) {
    const answer = await request(proxy.port, { path, headers: { cookie: cookies.join('; ') } })
    assert.equal(answer.headers['set-cookie'], undefined)
    assert.doesNotMatch(answer.body, /sticky/)
  }
})

test('cookies are good after a restart, and the secret stands in the database alone', async (t) => {
  const { server, folder, port, store, origins, logged } = await startSticky(t)
  const cookie = cookieOf(await request(port))
  const home = origins.find(({ requests }) => requests.length === 1)
  await server.close()
  const again = await startServer(t, { folder, threads: 1 })
  for (let count = 0; count < 4; count += 1) {
    assert.equal((await request(again.port, { headers: { cookie } })).headers['set-cookie'], undefined)
  }
  assert.equal(home?.requests.length, 5)
  const { stickySecret } = store.readGlobal()
  assert.ok(stickySecret.length > 40)
  assert.ok(readFileSync(join(folder, 'mtlb.db')).includes(stickySecret))
  const shown = JSON.stringify([logged, again.logged, again.server.status(), store.listAudit()])
  assert.ok(!shown.includes(stickySecret))
})

test('a pool that is no longer sticky gives and heeds no cookie', async (t) => {
  const { port, change, origins } = await startSticky(t)
  const cookie = cookieOf(await request(port))
  await change((writer) => writer.update(pool, 1, { sticky: 'off' }))
  for (let count = 0; count < 6; count += 1) {
    assert.equal((await request(port, { headers: { cookie } })).headers['set-cookie'], undefined)
  }
  assert.ok(origins.every(({ requests }) => requests.length >= 2))
})

test('a WebSocket pins its client too', async (t) => {
  const origin = await startWebSocketOrigin(t)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url], sticky: 'cookie' } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write(
    'GET / HTTP/1.1\r\nHost: acme.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await client.until()
  assert.match(client.received, /^HTTP\/1.1 101 [^]*\r\nSet-Cookie: mtlb_sticky_1=/)
})

test('with sticky ip the address decides, whatever the algorithm', async (t) => {
  const { port, origins } = await startSticky(t, { sticky: 'ip', balance: 'round-robin' })
  for (let count = 0; count < 6; count += 1) {
    assert.equal((await request(port)).headers['set-cookie'], undefined)
  }
  assert.deepEqual(
    origins.map(({ requests }) => requests.length).toSorted((a, b) => a - b),
    [0, 0, 6],
  )
  for (let host = 1; host <= 20; host += 1) await request(port, { headers: { 'x-forwarded-for': `192.0.2.${host}` } })
  assert.ok(origins.every(({ requests }) => requests.length > 0))
})

async function startSticky(
  t: TestContext,
  web: { readonly sticky: 'cookie' | 'ip'; readonly balance?: string } = { sticky: 'cookie' },
) {
  const origins: Origin[] = []
  for (let count = 0; count < 3; count += 1) origins.push(await startOrigin(t))
  const endpoints = origins.map(({ url }) => url)
  const proxy = await startProxy(t, {
    settings: { 'trusted-proxies': '127.0.0.0/8' },
    tenants: [{ pools: { web: { endpoints, ...web } } }],
  })
  return { ...proxy, origins }
}

function cookieOf({ headers }: TestAnswer): string {
  return String(headers['set-cookie']).split(';')[0]
}
