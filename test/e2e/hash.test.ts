import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoint } from '../../src/model/endpoint.ts'
import { pool } from '../../src/model/pool.ts'
import { request } from '../support/request.ts'
import type { TestRequest } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import type { Origin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestTenant } from '../support/write-config.ts'

interface HashCase {
  readonly on: string
  /** A request of that user; undefined says nothing of any. */
  readonly ask: (user: string | undefined) => TestRequest
}

const cases: readonly HashCase[] = [
  { on: 'header:x-user', ask: (user) => ({ headers: user === undefined ? {} : { 'X-USER': user } }) },
  { on: 'header:user-agent', ask: (user) => ({ headers: user === undefined ? {} : { 'user-agent': user } }) },
  { on: 'cookie:sid', ask: (user) => ({ headers: { cookie: user === undefined ? 'a=b' : `a=b; sid=${user}` } }) },
  { on: 'query:user', ask: (user) => ({ path: user === undefined ? '/?x=1' : `/?x=1&user=${user}` }) },
]

const users = Array.from({ length: 40 }, (_, index) => `user-${index}`)
const anotherAddress = { 'x-forwarded-for': '198.51.100.7' }

for (const { on, ask } of cases) {
  test(`hash on ${on}: who is the same goes to the same, and who is not named goes by the address`, async (t) => {
    const { pick } = await startPool(t, { balance: 'hash', hashOn: on })
    const first = await pickAll(users.map(ask), pick)
    assert.deepEqual(await pickAll(users.map(ask), pick), first)
    assert.equal(new Set(first).size, 4)
    const { headers: own = {}, ...rest } = ask('user-3')
    assert.equal(await pick({ ...rest, headers: { ...own, ...anotherAddress } }), first[3])
    await assertByAddress(pick, ask(undefined))
  })
}

test('hash on path looks at the path alone', async (t) => {
  const { pick } = await startPool(t, { balance: 'hash', hashOn: 'path' })
  const paths = users.map((user) => `/files/${user}`)
  const first = await pickAll(
    paths.map((path) => ({ path })),
    pick,
  )
  assert.equal(new Set(first).size, 4)
  assert.deepEqual(
    await pickAll(
      paths.map((path) => ({ path: `${path}?v=2`, headers: anotherAddress })),
      pick,
    ),
    first,
  )
})

test('hash on tenant sends everything to one endpoint', async (t) => {
  const { pick } = await startPool(t, { balance: 'hash', hashOn: 'tenant' })
  const requests = users.map((user) => ({ path: `/${user}`, headers: { 'x-forwarded-for': `10.9.8.${user.length}` } }))
  assert.equal(new Set(await pickAll(requests, pick)).size, 1)
})

test('hash on key goes by the key where there is one, else by the address', async (t) => {
  const keys = Object.fromEntries(users.slice(0, 20).map((user) => [user, `mtlb_${user}`]))
  const routes = [{ path: '/', auth: 'key' }, { path: '/open' }]
  const { pick } = await startPool(t, { balance: 'hash', hashOn: 'key' }, { keys, routes })
  const ask = (user: string, more = {}) => ({ headers: { 'x-api-key': `mtlb_${user}`, ...more } })
  const first = await pickAll(
    Object.keys(keys).map((user) => ask(user)),
    pick,
  )
  assert.ok(new Set(first).size > 2)
  assert.deepEqual(
    await pickAll(
      Object.keys(keys).map((user) => ask(user, anotherAddress)),
      pick,
    ),
    first,
  )
  await assertByAddress(pick, { path: '/open' })
})

test('ip-hash goes by the judged address of the client', async (t) => {
  const { pick } = await startPool(t, { balance: 'ip-hash' })
  await assertByAddress(pick, { path: '/x' })
})

test('the others keep their users when an endpoint fails, goes or comes back, also over a restart', async (t) => {
  const { pick, proxy, origins } = await startPool(t, { balance: 'hash', hashOn: 'query:user' })
  const requests = users.map((user) => ({ path: `/?user=${user}` }))
  const first = await pickAll(requests, pick)
  const assertKept = async () => {
    for (const [at, picked] of (await pickAll(requests, pick)).entries()) {
      assert.equal(picked === first[at], first[at] !== origins[1].url, users[at])
    }
  }
  origins[1].close()
  await assertKept()
  const { store } = proxy
  const row = store.find(endpoint, { url: origins[1].url })!
  await proxy.change((writer) => writer.remove(endpoint, row.id))
  await assertKept()
  // Behind the others now, and with another id.
  await proxy.change((writer) => writer.insert(endpoint, { poolId: row.poolId, url: origins[1].url }))
  await assertKept()
})

test('with a bound, what one user asks for at once spreads over the endpoints', async (t) => {
  const held: (() => void)[] = []
  const origins = await Promise.all(
    [0, 1, 2].map(() => startOrigin(t, (_, response) => void held.push(() => response.end('x')))),
  )
  const endpoints = origins.map(({ url }) => url)
  const web = { endpoints, balance: 'hash', hashOn: 'tenant', hashLoadPercent: 125 }
  const proxy = await startProxy(t, { tenants: [{ pools: { web } }] })
  const asked: Promise<unknown>[] = []
  for (let count = 1; count <= 12; count += 1) {
    asked.push(request(proxy.port))
    while (held.length < count) await new Promise(setImmediate)
    const most = Math.max(...origins.map(({ requests }) => requests.length))
    assert.ok(most <= Math.ceil((1.25 * count) / 3), `${most} of ${count}`)
  }
  for (const answer of held) answer()
  await Promise.all(asked)
})

test('a pool may go from one algorithm to another under way', async (t) => {
  const { pick, proxy } = await startPool(t, { balance: 'round-robin' })
  const asked = Array.from({ length: 8 }, () => ({ path: '/same' }))
  assert.equal(new Set(await pickAll(asked, pick)).size, 4)
  const { id } = proxy.store.find(pool, { name: 'web' })!
  await proxy.change((writer) => writer.update(pool, id, { balance: 'hash', hashOn: 'path' }))
  assert.equal(new Set(await pickAll(asked, pick)).size, 1)
})

/** Four endpoints; `pick` asks and says which has answered. */
async function startPool(
  t: Parameters<typeof startProxy>[0],
  web: { readonly balance: string; readonly hashOn?: string },
  tenant: Partial<TestTenant> = {},
) {
  const origins: Origin[] = []
  for (let count = 0; count < 4; count += 1) origins.push(await startOrigin(t))
  const endpoints = origins.map(({ url }) => url)
  const proxy = await startProxy(t, {
    settings: { 'trusted-proxies': '127.0.0.0/8' },
    tenants: [{ pools: { web: { endpoints, ...web } }, ...tenant }],
  })
  const counts = () => origins.map(({ requests }) => requests.length)
  const pick = async (wanted: TestRequest) => {
    const before = counts()
    assert.equal((await request(proxy.port, wanted)).status, 200)
    return endpoints[counts().findIndex((count, index) => count > before[index])]
  }
  return { pick, proxy, origins }
}

async function pickAll(requests: readonly TestRequest[], pick: (wanted: TestRequest) => Promise<string>) {
  const picked: string[] = []
  for (const wanted of requests) picked.push(await pick(wanted))
  return picked
}

async function assertByAddress(pick: (wanted: TestRequest) => Promise<string>, wanted: TestRequest): Promise<void> {
  const from = (address: number) => ({
    ...wanted,
    headers: { ...wanted.headers, 'x-forwarded-for': `198.51.100.${address}` },
  })
  const addresses = Array.from({ length: 20 }, (_, address) => from(address))
  const first = await pickAll(addresses, pick)
  assert.ok(new Set(first).size > 2)
  assert.deepEqual(await pickAll(addresses, pick), first)
}
