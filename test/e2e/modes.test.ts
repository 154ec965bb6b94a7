import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import { ipRule } from '../../src/model/ip-rule.ts'
import { limit } from '../../src/model/limit.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Writer } from '../../src/store/writer.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

type Mode = 'enforce' | 'shadow' | 'off'

/** Each rule that can refuse: how it is given a mode, what it answers when it refuses, and what a record says when it would have. */
const rules: readonly {
  readonly what: string
  readonly set: (writer: Writer, mode: Mode) => void
  readonly status: number
  readonly shadow: string
}[] = [
  { what: 'a limit', set: (writer, mode) => writer.update(limit, 1, { mode }), status: 429, shadow: 'tenant' },
  {
    what: 'an ip rule',
    set: (writer, mode) => writer.update(ipRule, 1, { mode }),
    status: 403,
    shadow: 'ip-rule:127.0.0.0/8',
  },
  {
    what: 'the key of a route',
    set: (writer, mode) => writer.update(route, 1, { authMode: mode }),
    status: 401,
    shadow: 'auth',
  },
  {
    what: 'the longest body of a route',
    set: (writer, mode) => writer.update(route, 1, { maxBodyMode: mode }),
    status: 413,
    shadow: 'max-body',
  },
  {
    what: 'a breaker of a pool',
    set: (writer, mode) => writer.update(pool, 1, { breakerMode: mode }),
    status: 503,
    shadow: 'breaker',
  },
  {
    what: 'a breaker of a tenant',
    set: (writer, mode) => writer.update(tenant, 1, { breakerMode: mode }),
    status: 503,
    shadow: 'breaker',
  },
]

for (const { what, set, status, shadow } of rules) {
  test(`${what} refuses, merely says so, or is not looked at`, async (t) => {
    const isBreaker = shadow === 'breaker'
    const origin = await startOrigin(t, (_, response) => {
      response.statusCode = isBreaker ? 500 : 200
      response.end('ok')
    })
    const breaker = { breakerMinRequests: 1, breakerErrorsPercent: 1, breakerOpenMs: 60_000 }
    const { port, folder, change } = await startProxy(t, {
      tenants: [
        {
          pools: {
            web: {
              endpoints: [origin.url],
              ...(what === 'a breaker of a pool' ? { breaker: 'pool', ...breaker } : {}),
            },
          },
          routes: [{ auth: shadow === 'auth' ? 'key' : 'none', ...(shadow === 'max-body' ? { maxBodyBytes: 2 } : {}) }],
          ...(what === 'a limit' ? { limit: { rate: '1/h', burst: 1 } } : {}),
          ...(what === 'an ip rule' ? { ipRules: { '127.0.0.0/8': 'deny' } } : {}),
        },
      ],
    })
    if (what === 'a breaker of a tenant')
      await change((writer) => writer.update(tenant, 1, { breaker: true, ...breaker }), 'acme')
    const ask = async () => (await request(port, { method: 'POST', body: 'four' })).status
    const good = isBreaker ? 500 : 200
    await eventually(async () => (await ask()) === status)
    await change((writer) => set(writer, 'shadow'), 'acme')
    assert.equal(await ask(), good)
    await eventually(() => [...queryLog(folder, {})].at(-1)?.shadowed_by.includes(shadow) === true)
    await change((writer) => set(writer, 'off'), 'acme')
    assert.equal(await ask(), good)
    await eventually(() => [...queryLog(folder, {})].at(-1)?.shadowed_by.length === 0)
    await change((writer) => set(writer, 'enforce'), 'acme')
    await eventually(async () => (await ask()) === status)
  })
}

test('an allow rule that shadows shuts nobody out, and a longer one that shadows opens nothing', async (t) => {
  const origin = await startOrigin(t)
  const { port, folder, change } = await startProxy(t, {
    settings: { 'trusted-proxies': '127.0.0.1/32' },
    tenants: [
      { pools: { web: { endpoints: [origin.url] } }, ipRules: { '10.0.0.0/8': 'deny', '10.1.0.0/16': 'allow' } },
    ],
  })
  const ask = async (from: string) => (await request(port, { headers: { 'x-forwarded-for': from } })).status
  assert.deepEqual([await ask('10.2.0.1'), await ask('10.1.0.1'), await ask('192.0.2.1')], [403, 200, 403])
  await change((writer) => writer.update(ipRule, 2, { mode: 'shadow' }), 'acme')
  assert.deepEqual([await ask('10.2.0.1'), await ask('10.1.0.1'), await ask('192.0.2.1')], [403, 403, 200])
  await eventually(() => [...queryLog(folder, {})].at(-1)?.shadowed_by.join() === 'ip-rule:allow-only')
})
