import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { mintKey } from '../../src/auth/key.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { Random } from '../../src/kit/random.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { limit } from '../../src/model/limit.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { callCli } from '../support/run-cli.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

const total = 800

interface Predicted {
  readonly tenant: string
  readonly before: string
  readonly after: string
  readonly rule: string
  readonly requests: number
}

test('a tighter limit is predicted to refuse as many as it does when the same requests come again', async (t) => {
  const origin = await startOrigin(t)
  const { secret } = mintKey()
  const pools = { web: { endpoints: [origin.url] } }
  const keyed = { routes: [{ name: 'api', auth: 'key' }], keys: { ci: secret } }
  const { port, folder, store, change } = await startProxy(t, {
    tenants: [
      { pools, ...keyed },
      { name: 'globex', pools },
    ],
  })
  const agent = new http.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const send = async (offsets: readonly number[], host: string) => {
    const startMs = performance.now()
    const statuses = await Promise.all(
      offsets.map(async (offset) => {
        await sleep(Math.max(0, offset - (performance.now() - startMs)))
        return (await request(port, { host, headers: { 'x-api-key': secret } }, agent)).status
      }),
    )
    return statuses.filter((status) => status === 429).length
  }
  const random = new Random(3)
  const offsets = Array.from({ length: total }, () => random.below(4_000)).toSorted((a, b) => a - b)
  assert.equal(await send(offsets, 'acme.test'), 0)
  await request(port, { host: 'globex.test' })
  await eventually(() => [...queryLog(folder, { tenant: 'acme' })].length === total)
  await eventually(() => [...queryLog(folder, { tenant: 'globex' })].length === 1)

  const file = join(folder, 'tighter.yaml')
  const document = await callCli(['export', '--tenant', 'acme'], { data: folder, clock: systemClock })
  writeFileSync(file, `${document.stdout}    limits:\n      tenant:\n        rate: 60/s\n        burst: 20\n`)
  const plan = (...argv: string[]) => callCli(['plan', ...argv], { data: folder, clock: systemClock })
  const { code, stdout, stderr } = await plan('-f', file, '--replay', '1h', '--json')
  assert.equal(code, 10, stderr)
  const [predicted, ...others] = JSON.parse(stdout) as Predicted[]
  assert.deepEqual(others, [])
  assert.deepEqual(
    [predicted.tenant, predicted.before, predicted.after, predicted.rule],
    ['acme', 'answered', 'rate_limited', 'limit:tenant'],
  )
  assert.match(stderr, new RegExp(`${predicted.requests} of ${total + 1} requests would be answered otherwise`))

  await change((writer) => writer.insert(limit, { tenantId: 1, target: 'tenant', rate: '60/s', burst: 20 }), 'acme')
  assert.equal(store.list(limit).length, 1)
  // At the times at which they came, which is what the log knows.
  const times = [...queryLog(folder, { tenant: 'acme' })].map(({ time }) => Date.parse(time))
  const actual = await send(
    times.map((time) => time - times[0]),
    'acme.test',
  )
  assert.ok(predicted.requests > total / 3, `${predicted.requests} predicted`)
  assert.ok(Math.abs(predicted.requests - actual) <= total / 100, `${predicted.requests} predicted, ${actual} refused`)

  const same = await callCli(['export', '--tenant', 'acme'], { data: folder, clock: systemClock })
  writeFileSync(file, same.stdout)
  const nothing = await plan('-f', file, '--replay', '1h')
  assert.equal(nothing.code, 0, nothing.stderr)
  assert.match(nothing.stderr, /0 of \d+ requests/)
  assert.equal((await plan('--replay', '1h')).code, 2)
})

test('what else decides is replayed, too: routes, rules for addresses, places and quotas', async (t) => {
  const origin = await startOrigin(t, (_, response) => setTimeout(() => response.end('x'.repeat(1_000)), 100))
  const pools = { web: { endpoints: [origin.url] } }
  const { port, folder } = await startProxy(t, { tenants: [{ pools, routes: [{ name: 'api' }] }] })
  await Promise.all(Array.from({ length: 10 }, () => request(port, { host: 'acme.test', path: '/a' })))
  await request(port, { host: 'acme.test', path: '/b' })
  await eventually(() => [...queryLog(folder, {})].length === 11)
  const document = (await callCli(['export'], { data: folder, clock: systemClock })).stdout
  const replay = async (text: string) => {
    const file = join(folder, 'proposed.yaml')
    assert.notEqual(text, document)
    writeFileSync(file, text)
    const result = await callCli(['plan', '-f', file, '--json'], { data: folder, clock: systemClock })
    assert.equal(result.code, 10, result.stderr)
    return (JSON.parse(result.stdout) as Predicted[]).map(({ after, rule, requests }) => [after, rule, requests])
  }
  assert.deepEqual(await replay(document.replace('pool: web', 'path: /a\n        pool: web')), [
    ['no_route', 'route', 1],
  ])
  assert.deepEqual(await replay(document.replace('web:\n', 'web:\n        max-in-flight: 4\n')), [
    ['pool_full', 'pool:web', 6],
  ])
  const denied = document.replace('    pools:', '    ip-rules:\n      127.0.0.0/8: {action: deny}\n    pools:')
  assert.deepEqual(await replay(denied), [['address_denied', 'ip-rule:127.0.0.0/8', 11]])
  const bounded = document.replace('    pools:', '    limits:\n      tenant: {quota: [10KB/day]}\n    pools:')
  assert.deepEqual(await replay(bounded), [['quota_exceeded', 'limit:tenant/bytes/day', 1]])
  const concurrent = document.replace('    pools:', '    limits:\n      tenant: {concurrency: 3}\n    pools:')
  assert.deepEqual(await replay(concurrent), [['concurrency_limited', 'limit:tenant', 7]])
})
