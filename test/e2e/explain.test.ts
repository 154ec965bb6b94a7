import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintKey } from '../../src/auth/key.ts'
import { explainRequest } from '../../src/control/control-client.ts'
import type { Explanation } from '../../src/control/explain.ts'
import { Random } from '../../src/kit/random.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { setting } from '../../src/model/setting.ts'
import { eventually } from '../support/eventually.ts'
import { writeConfig } from '../support/write-config.ts'
import type { TestTenant } from '../support/write-config.ts'
import { request } from '../support/request.ts'
import { callCli } from '../support/run-cli.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startServer } from '../support/start-server.ts'

const secrets = { ci: mintKey().secret, web: mintKey().secret }
const names = ['acme', 'globex', 'initech', 'umbrella']
const addresses = ['203.0.113.9', '203.0.113.200', '198.51.100.1', '2001:db8::5', '192.0.2.77']

/** A tenant that refuses for all the reasons that a request alone decides about, and for what it has used. */
function createTenant(random: Random, { name, url }: { name: string; url: string }): TestTenant {
  const chance = (share: number) => random.fraction() < share
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]
  const routes = ['/', '/v1', '/v1/x', '/other'].flatMap((path, index) =>
    chance(0.85)
      ? {
          name: `r${index}`,
          path,
          pool: pick(['web', 'web', 'web', 'empty']),
          methods: pick([[], ['GET'], ['GET', 'POST']]),
          auth: pick(['key', 'none']),
          stripPrefix: chance(0.3),
          pathMode: pick(['canonical', 'raw'] as const),
          websocket: chance(0.5),
          ...(chance(0.3) ? { maxBodyBytes: 10 } : {}),
        }
      : [],
  )
  const ranges = { '203.0.113.0/24': 'deny', '203.0.113.200/32': 'allow', '2001:db8::/32': 'deny' } as const
  return {
    name,
    hosts: [`${name}.test`, `*.${name}.test`],
    isSuspended: chance(0.04),
    pools: { web: { endpoints: [url] }, empty: { endpoints: [] } },
    routes: routes.length === 0 ? [{ name: 'r0' }] : routes,
    keys: secrets,
    ipRules: Object.fromEntries(Object.entries(ranges).filter(() => chance(0.25))),
    limits: {
      ...(chance(0.5) ? { tenant: { rate: '1/h', burst: 8 } } : {}),
      ...(chance(0.3) ? { 'key:ci': { rate: '1/h', burst: 3 } } : {}),
      ...(chance(0.3) ? { 'tenant/client': { rate: '1/h', burst: 2 } } : {}),
      ...(chance(0.3) && routes.length > 0 ? { [`route:${routes[0].name}`]: { quotas: ['4/day'] } } : {}),
    },
  }
}

test('what is predicted is what happens: 500 random requests to random configurations', async (t) => {
  const origin = await startOrigin(t)
  const random = new Random(11)
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]
  const verdicts = new Map<string, number>()
  for (let round = 0; round < 5; round++) {
    const tenants = names.map((name) => createTenant(random, { name, url: origin.url }))
    const settings = {
      'trusted-proxies': '127.0.0.1/32',
      ...(round === 4 ? { 'global-rate': '1/h', 'global-burst': '30' } : {}),
    }
    const { port, folder } = await startServer(t, {
      threads: 1,
      config: (writer) => writeConfig(writer, { settings, tenants }),
    })
    for (let index = 0; index < 100; index++) {
      const host = `${pick(['', '', 'www.'])}${pick([...names, ...names, 'nobody'])}.test`
      const method = pick(['GET', 'GET', 'GET', 'POST', 'DELETE'])
      const path = pick(['/', '/v1', '/v1/x/y', '/other?q=1', '/v1/%2e%2e/', '/a%2Fb', '/nowhere'])
      const name = pick([undefined, 'ci', 'web'] as const)
      const fields: Record<string, string> = { 'x-forwarded-for': pick(addresses) }
      if (random.below(6) === 0) fields['content-length'] = pick(['0', '8', '11'])
      const lines = Object.entries(fields).map(([field, value]) => `${field}: ${value}`)
      const dry = { host, method, path, peer: '127.0.0.1', fields: lines, key: name }
      const predicted = await explainRequest(folder, dry)
      assert.ok(predicted !== undefined)
      const secret: Record<string, string> = name === undefined ? {} : { 'x-api-key': secrets[name] }
      const body = 'x'.repeat(Number(fields['content-length'] ?? 0))
      const actual = await request(port, { host, method, path, headers: { ...fields, ...secret }, body })
      assertSame(predicted, actual, JSON.stringify(dry))
      const key = predicted.code ?? 'answered'
      verdicts.set(key, (verdicts.get(key) ?? 0) + 1)
    }
  }
  for (const code of [
    'answered',
    'no_route',
    'rate_limited',
    'unauthenticated',
    'address_denied',
    'method_not_allowed',
  ]) {
    assert.ok((verdicts.get(code) ?? 0) >= 5, `${code}: ${JSON.stringify([...verdicts])}`)
  }
  assert.ok(verdicts.size >= 9, JSON.stringify([...verdicts]))
})

function assertSame(predicted: Explanation, { status, body }: { status: number; body: string }, what: string): void {
  const told = `${what}: ${JSON.stringify(predicted)}`
  if (predicted.code === null) return assert.equal(status, 200, told)
  const { code, rule } = JSON.parse(body) as { code: string; rule: string }
  assert.deepEqual([status, code], [predicted.status, predicted.code], told)
  assert.equal(rule.split(':')[0], predicted.rule?.split(':')[0], told)
}

test('a prediction charges nobody and reaches no endpoint', async (t) => {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url], maxInFlight: 1 } }
  const { port, folder } = await startProxy(t, { tenants: [{ pools, limit: { rate: '1/h', burst: 1 } }] })
  const dry = { host: 'acme.test', method: 'GET', path: '/', peer: '127.0.0.1', fields: [] }
  for (let again = 0; again < 5; again++) assert.equal((await explainRequest(folder, dry))?.code, null)
  assert.equal(origin.requests.length, 0)
  assert.equal((await request(port, { host: 'acme.test' })).status, 200)
  const spent = await explainRequest(folder, dry)
  assert.deepEqual([spent?.status, spent?.code, spent?.rule], [429, 'rate_limited', 'limit:tenant'])
  assert.match(spent?.steps.at(-1)?.detail ?? '', /tenant 0 left behind it; rate_limited by limit:tenant/)
})

test('without a server, and with a proposed configuration, nothing was counted yet', async (t) => {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const { folder, server } = await startProxy(t, { tenants: [{ pools, ipRules: { '203.0.113.0/24': 'deny' } }] })
  const run = async (...argv: string[]) => {
    const result = await callCli(['explain', '--host', 'acme.test', '--json', ...argv], { data: folder })
    return { ...result, told: result.code === 0 ? JSON.parse(result.stdout) : undefined }
  }
  assert.equal((await run('--ip', '203.0.113.1')).told.rule, 'ip-rule:203.0.113.0/24')
  await server.close()
  const offline = await run()
  assert.match(offline.stderr, /no server is running: nothing was counted yet/)
  assert.deepEqual(offline.told.verdict, { status: null, code: null })
  assert.equal((await run('--ip', 'nonsense')).code, 2)
  // A tenant that does not compile concerns nobody else.
  for (const argv of [
    ['tenant', 'add', 'broken'],
    ['pool', 'add', 'broken/web'],
    ['route', 'add', 'broken/api', '--pool', 'web'],
  ]) {
    assert.equal((await callCli(argv, { data: folder })).code, 0)
  }
  assert.equal((await callCli(['pool', 'remove', 'broken/web', '--yes'], { data: folder })).code, 0)
  const beside = await run()
  assert.deepEqual(beside.told.verdict, { status: null, code: null })
  assert.match(beside.stderr, /tenant 'broken' is left out: route 'api': pool 'web' does not exist/)
  assert.equal((await callCli(['explain'], { data: folder })).code, 2)
  assert.equal((await callCli(['explain', 'nonsense'], { data: folder })).code, 2)
  assert.equal((await callCli(['explain', '019aca6e-7d3c-7000-8000-000000000000'], { data: folder })).code, 3)
})

test('a request with the token of the operator is traced, others where they are drawn, and refusals always', async (t) => {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const { port, folder, store, change } = await startProxy(t, {
    tenants: [{ pools, limit: { rate: '1/h', burst: 4 }, ipRules: { '203.0.113.0/24': 'deny' } }],
  })
  const token = await callCli(['explain', '--token'], { data: folder })
  const [, secret] = /^X-Mtlb-Trace: ([0-9a-f]{32})\n$/.exec(token.stdout) ?? []
  assert.ok(secret !== undefined, token.stdout)
  const ask = async (trace?: string) => {
    const { headers } = await request(port, { headers: trace === undefined ? {} : { 'x-mtlb-trace': trace } })
    const id = String(headers['x-request-id'])
    return eventually(() => [...queryLog(folder, { requestId: id })].at(0))
  }
  const traced = await ask(secret)
  assert.deepEqual(traced.trace, [
    'tenant pass acme',
    'route pass route0 (/)',
    'ip-rules pass client 127.0.0.1',
    'limits pass tenant 3 left behind it',
  ])
  const story = await callCli(['explain', traced.request_id], { data: folder })
  assert.match(story.stdout, /limits\tpass\ttenant 3 left behind it\n(queue.*\n)?attempt\tpass\t/)
  assert.deepEqual((await ask()).trace, [])
  assert.deepEqual((await ask('0'.repeat(32))).trace, [])
  await change((writer) => writer.insert(setting, { name: 'trace-sample', value: '100%' }))
  assert.equal((await ask()).trace.length, 4)
  await change((writer) => writer.remove(setting, store.find(setting, { name: 'trace-sample' })!.id))
  const refused = await ask()
  assert.deepEqual([refused.code, refused.trace], ['rate_limited', ['limits refuse tenant 0 left behind it']])
  assert.ok(origin.requests.every(({ headers }) => headers['x-mtlb-trace'] === undefined))
  assert.doesNotMatch((await callCli(['export'], { data: folder })).stdout, new RegExp(secret))
})
