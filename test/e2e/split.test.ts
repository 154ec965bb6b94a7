import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { mintKey } from '../../src/auth/key.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { route } from '../../src/model/route.ts'
import { eventually } from '../support/eventually.ts'
import { keepAsking } from '../support/keep-asking.ts'
import { request } from '../support/request.ts'
import { callCli } from '../support/run-cli.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import type { TestRoute } from '../support/write-config.ts'

/** Pools web, canary and spare, each of which answers with its name. */
async function start(t: TestContext, changes: Partial<TestRoute> & { readonly key?: string }, canaryStatus = 200) {
  const { key, ...split } = changes
  const names = ['web', 'canary', 'spare']
  const origins = await Promise.all(
    names.map((name) =>
      startOrigin(t, (_, response) => {
        response.statusCode = name === 'canary' ? canaryStatus : 200
        response.end(name)
      }),
    ),
  )
  const pools = Object.fromEntries(names.map((name, index) => [name, { endpoints: [origins[index].url] }]))
  const proxy = await startProxy(
    t,
    {
      settings: { 'trusted-proxies': '127.0.0.1/32' },
      tenants: [
        {
          pools,
          routes: [{ name: 'api', pool: 'web', ...split }],
          ...(key === undefined ? {} : { keys: { ci: key } }),
        },
      ],
    },
    { threads: 2 },
  )
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })
  t.after(() => agent.destroy())
  const ask = async (headers: Record<string, string> = {}) => (await request(proxy.port, { headers }, agent)).body
  /** How many of so many requests went where. */
  const count = async (total: number, headersOf: (index: number) => Record<string, string> = () => ({})) => {
    const counts: Record<string, number> = { web: 0, canary: 0, spare: 0 }
    for (let from = 0; from < total; from += 500) {
      const part = Array.from({ length: Math.min(500, total - from) }, (_, index) => ask(headersOf(from + index)))
      for (const name of await Promise.all(part)) counts[name] += 1
    }
    return counts
  }
  return { ...proxy, ask, count }
}

test('10,000 requests are split as the weights say, within one percent', async (t) => {
  const { count, change } = await start(t, { split: ['web=95', 'canary=5'] })
  const first = await count(10_000)
  assert.ok(Math.abs(first.canary - 500) <= 100, JSON.stringify(first))
  await change((writer) => writer.update(route, 1, { split: ['web=4', 'canary=2', 'spare=2'] }), 'acme')
  const second = await count(2_000)
  assert.ok(Math.abs(second.web - 1_000) <= 20 && Math.abs(second.spare - 500) <= 20, JSON.stringify(second))
})

for (const [on, headersOf] of [
  ['client', (user: number) => ({ 'x-forwarded-for': `198.51.100.${user}` })],
  ['cookie:session', (user: number) => ({ cookie: `a=b; session=user-${user}` })],
  ['header:x-user', (user: number) => ({ 'x-user': `user-${user}` })],
  ['key', (user: number) => ({ authorization: `Bearer user-${user}` })],
] as const) {
  test(`split on ${on} keeps everybody where it is, and moves no more than it must`, async (t) => {
    const { ask, count, change } = await start(t, { split: ['web=80', 'canary=20'], splitOn: on })
    const users = Array.from({ length: 200 }, (_, user) => user)
    const ofAll = () => Promise.all(users.map((user) => ask(headersOf(user))))
    const first = await ofAll()
    assert.deepEqual(await ofAll(), first)
    const share = first.filter((name) => name === 'canary').length / users.length
    assert.ok(share > 0.1 && share < 0.3, `${share} of 0.2`)
    await change((writer) => writer.update(route, 1, { split: ['web=70', 'canary=30'] }), 'acme')
    const second = await ofAll()
    // Nobody leaves the canary when it gets more.
    assert.ok(first.every((name, user) => name === 'web' || second[user] === 'canary'))
    assert.ok(second.filter((name, user) => name !== first[user]).length < users.length * 0.2)
    // Whom nothing is known of is split all the same.
    if (on !== 'client') assert.ok((await count(100)).canary > 20)
  })
}

test('a header leads to the last pool, also where its weight is 0, and another value does not', async (t) => {
  const { ask } = await start(t, { split: ['web=100', 'canary=0'], splitHeader: 'X-Canary=1' })
  assert.deepEqual(
    await Promise.all(
      [{}, { 'x-canary': '1' }, { 'x-canary': '2' }, { 'X-CANARY': '1' }].map((headers) => ask(headers)),
    ),
    ['web', 'canary', 'web', 'canary'],
  )
})

test('a key is judged behind the split as before it', async (t) => {
  const { secret } = mintKey()
  const { port, ask } = await start(t, { split: ['web=50', 'canary=50'], splitOn: 'key', auth: 'key', key: secret })
  assert.equal((await request(port, {})).status, 401)
  const [first, second] = [await ask({ 'x-api-key': secret }), await ask({ 'x-api-key': secret })]
  assert.equal(first, second)
})

test('a canary that fails is taken out under load, and no other request fails', async (t) => {
  const { port, folder, change } = await start(t, { split: ['web=80', 'canary=20'], retryOn: [] }, 503)
  const load = keepAsking(t, port, { host: 'acme.test', clients: 16 })
  await eventually(() => (load.statuses.get(503) ?? 0) > 100)
  const result = await callCli(['route', 'set', 'acme/api', '--split', 'web=100'], { data: folder })
  assert.equal(result.code, 0, result.stderr)
  // Those that were under way by then may still come back.
  const failed = await eventually(() => load.statuses.get(503))
  const after = (load.statuses.get(200) ?? 0) + 500
  await eventually(() => (load.statuses.get(200) ?? 0) > after)
  await load.end()
  assert.ok((load.statuses.get(503) ?? 0) - failed <= 16)
  assert.deepEqual(
    [...load.statuses.keys()].toSorted((a, b) => a - b),
    [200, 503],
  )
  await eventually(() => [...queryLog(folder, { limit: 100 })].every(({ status }) => status === 200))
  await change((writer) => writer.update(route, 1, { split: [] }), 'acme')
  assert.equal((await request(port, {})).body, 'web')
})

test('a split that nobody can serve is refused, and a pool in use is not removed unasked', async (t) => {
  const { folder } = await start(t, { split: ['web=1', 'canary=1'] })
  const run = (...argv: string[]) => callCli(argv, { data: folder })
  const missing = await run('route', 'set', 'acme/api', '--split', 'web=1,cannary=1')
  assert.equal(missing.code, 3)
  assert.match(missing.stderr, /pool 'cannary' does not exist in 'acme'\n  Did you mean 'canary'/)
  const idle = await run('route', 'set', 'acme/api', '--split', 'web=0')
  assert.match(idle.stderr, /no pool of the split has a weight above 0/)
  assert.equal(idle.code, 7)
  assert.equal((await run('route', 'set', 'acme/api', '--split', 'web=1,canary=1')).code, 0)
  const removed = await run('pool', 'remove', 'acme/canary')
  assert.equal(removed.code, 9)
  assert.match(removed.stderr, /is used: .*1 route \(api\)/)
})
