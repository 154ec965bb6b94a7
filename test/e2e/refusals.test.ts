import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rejections } from '../../src/proxy/rejections.ts'
import { explainRequest } from '../../src/control/control-client.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { callCli } from '../support/run-cli.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { assertProblem } from '../support/run-scenarios.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

const to = (host: string, fields = '') => `GET / HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`

function upgrade(version: number, key = 'AAAAAAAAAAAAAAAAAAAAAA=='): string {
  return `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: ${version}\r\nSec-WebSocket-Key: ${key}\r\n`
}

/** The exact bytes that earn each code; the table of rejections says the status. */
const requests: Readonly<Record<string, string>> = {
  no_route: to('nobody.test'),
  tenant_suspended: to('suspended.test'),
  address_denied: to('denied.test'),
  unauthenticated: to('locked.test'),
  rate_limited: to('limited.test') + to('limited.test'),
  concurrency_limited: to('busy.test'),
  quota_exceeded: to('spent.test') + to('spent.test'),
  global_limited: to('acme.test') + to('acme.test'),
  no_endpoint: to('empty.test'),
  pool_full: to('full.test'),
  server_full: to('acme.test'),
  queue_timeout: to('queued.test'),
  breaker_open: to('tripped.test'),
  endpoint_connect: to('dead.test'),
  endpoint_closed: to('faulty.test')
    .replace('GET /', 'POST /close')
    .replace('\r\n\r\n', '\r\nContent-Length: 0\r\n\r\n'),
  endpoint_protocol: to('faulty.test').replace('/', '/garbage'),
  endpoint_timeout: to('faulty.test').replace('/', '/silence'),
  exchange_timeout: to('faulty.test').replace('/', '/brief'),
  body_too_large: to('acme.test', 'Content-Length: 11\r\n'),
  method_not_allowed: to('acme.test').replace('GET', 'PUT'),
  request_timeout: 'GET / HTTP/1.1\r\nHost: ac',
  bad_request: 'GET / HTTP/1.1\r\nHost: acme.test\r\nBroken Field: 1\r\n\r\n',
  uri_too_long: `GET /${'x'.repeat(9_000)} HTTP/1.1\r\n`,
  expectation_failed: to('acme.test', 'Expect: a-miracle\r\n'),
  fields_too_large: to('acme.test', 'X: y\r\n'.repeat(200)),
  not_implemented: to('acme.test', 'Transfer-Encoding: gzip, chunked\r\n'),
  bad_websocket: to('acme.test', upgrade(13, 'short')),
  websocket_version: to('acme.test', upgrade(8)),
  websocket_not_allowed: to('plain.test', upgrade(13)),
  too_many_connections: to('acme.test'),
  version_not_supported: 'GET / HTTP/3.0\r\nHost: acme.test\r\n\r\n',
}

/** Seconds; all others say nothing. */
const retryAfter: Readonly<Record<string, string>> = {
  concurrency_limited: '1',
  pool_full: '1',
  server_full: '1',
  breaker_open: '60',
  queue_timeout: '1',
  too_many_connections: '5',
}

/** What only a defect earns. */
const unreachable = new Set(['internal_error'])

test('every rejection of the table is an RFC 9457 problem with its code and status', async (t) => {
  const origin = await startOrigin(t)
  const dead = await startOrigin(t)
  dead.close()
  const faulty = await startRawOrigin(t, (connection) =>
    connection.onHead((head) => {
      if (head.includes('/close')) connection.end()
      if (head.includes('/garbage')) connection.write('nonsense\r\n\r\n')
    }),
  )
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(t, {
    settings: { 'header-timeout': '100ms' },
    tenants: [
      { pools, routes: [{ methods: ['GET'], maxBodyBytes: 10 }] },
      { name: 'suspended', isSuspended: true, pools },
      { name: 'denied', pools, ipRules: { '127.0.0.1/32': 'deny' } },
      { name: 'locked', pools, routes: [{ auth: 'key' }] },
      { name: 'limited', pools, limit: { rate: '1/h', burst: 1 } },
      { name: 'spent', pools, limits: { tenant: { quotas: ['1/1h'] } } },
      { name: 'busy', pools: { web: { endpoints: [faulty.url] } }, limits: { tenant: { concurrency: 1 } } },
      { name: 'plain', pools, routes: [{ websocket: false }] },
      { name: 'empty', pools: { web: { endpoints: [] } } },
      { name: 'full', pools: { web: { endpoints: [faulty.url], maxInFlight: 1 } } },
      { name: 'queued', pools: { web: { endpoints: [faulty.url], maxInFlight: 1, queue: 1, queueTimeoutMs: 50 } } },
      {
        name: 'tripped',
        pools: { web: { endpoints: [dead.url], breaker: 'pool', breakerMinRequests: 1, breakerOpenMs: 60_000 } },
      },
      { name: 'dead', pools: { web: { endpoints: [dead.url] } } },
      {
        name: 'faulty',
        pools: { web: { endpoints: [faulty.url] } },
        routes: [{ timeoutMs: 100 }, { path: '/brief', requestTimeoutMs: 100 }],
      },
    ],
  })

  for (const host of ['full.test', 'queued.test', 'busy.test']) {
    const underWay = faulty.connections.length
    const holder = await connectRaw(t, proxy.port)
    holder.write(to(host))
    await eventually(() => faulty.connections.length > underWay)
  }
  await request(proxy.port, { host: 'tripped.test' })
  await eventually(() => proxy.logged.some(({ code }) => code === 'breaker_opened'))
  const crowded = await startProxy(t, { settings: { 'max-connections': '1' }, tenants: [] })
  await connectRaw(t, crowded.port)

  const spent = await startProxy(t, { settings: { 'global-rate': '1/h' }, tenants: [{ pools }] })
  const saturated = await startProxy(t, {
    settings: { 'max-in-flight': '1', queue: '0' },
    tenants: [{ pools: { web: { endpoints: [faulty.url] } } }],
  })
  const before = faulty.connections.length
  const holder = await connectRaw(t, saturated.port)
  holder.write(to('acme.test'))
  await eventually(() => faulty.connections.length > before)
  const ports: Readonly<Record<string, number>> = {
    too_many_connections: crowded.port,
    global_limited: spent.port,
    server_full: saturated.port,
  }
  const folders: Readonly<Record<string, string>> = { global_limited: spent.folder, server_full: saturated.folder }

  for (const { code, status } of Object.values(rejections)) {
    if (unreachable.has(code)) continue
    await t.test(`${status} ${code}`, async (t) => {
      const bytes = requests[code]
      assert.ok(bytes, 'a request that earns it is missing here')
      const client = await connectRaw(t, ports[code] ?? proxy.port)
      client.write(bytes)
      await client.until(`"code":"${code}"`)
      const answer = parseLast(client.received)
      assert.equal(answer.status, status)
      assertProblem(answer, code)
      assert.equal(answer.headers['cache-control'], 'no-store')
      if (!unforeseen.has(code)) await checkPrediction(bytes, { code, status, folder: folders[code] ?? proxy.folder })
      await checkRule(answer.body, { code, folder: folders[code] ?? proxy.folder })
      // An hour, and a part of it at random.
      if (code === 'rate_limited' || code === 'global_limited')
        return assert.match(answer.headers['retry-after'] ?? '', /^(3[6-9]|4[0-4])\d\d$/)
      // The rest of the hour.
      if (code === 'quota_exceeded') return assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d{0,3}$/)
      assert.equal(answer.headers['retry-after'], retryAfter[code])
    })
  }
})

test('a problem tells nothing of the endpoint or of other tenants', async (t) => {
  const dead = await startOrigin(t)
  dead.close()
  const proxy = await startProxy(t, { tenants: [{ pools: { secret: { endpoints: [dead.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write(to('acme.test'))
  await client.until('endpoint_connect')
  assert.doesNotMatch(client.received, new RegExp(`acme|secret|${dead.port}`))
})

function parseLast(received: string) {
  const answer = received.split(/(?=HTTP\/1\.1 \d)/).at(-1) ?? ''
  const [head, body] = answer.split('\r\n\r\n')
  const [statusLine, ...lines] = head.split('\r\n')
  const fields = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ])
  const headers: Record<string, string> = Object.fromEntries(fields)
  assert.equal(headers['content-length'], String(body.length))
  return { status: Number(statusLine.split(' ')[1]), headers, body }
}

/** By code, what decides, as the operator is told; a client learns no more than the kind of most. */
const rules: Readonly<Record<string, string>> = {
  no_route: 'host',
  tenant_suspended: 'tenant',
  address_denied: 'ip-rule:127.0.0.1/32',
  unauthenticated: 'route:route0',
  rate_limited: 'limit:tenant',
  concurrency_limited: 'limit:tenant',
  global_limited: 'limit:global',
  no_endpoint: 'pool:web',
  pool_full: 'pool:web',
  queue_timeout: 'pool:web',
  server_full: 'setting:max-in-flight',
  breaker_open: 'breaker:web',
  too_many_connections: 'setting:max-connections',
  endpoint_connect: 'endpoint',
  endpoint_closed: 'endpoint',
  endpoint_protocol: 'endpoint',
  endpoint_timeout: 'route:route0',
  exchange_timeout: 'route:route1',
  method_not_allowed: 'route',
  websocket_not_allowed: 'route:route0',
  request_timeout: 'setting:header-timeout',
  body_too_large: 'route:route0',
}

/** What time or an endpoint decides, or was over before a request came: that nobody knows beforehand. */
const unforeseen = new Set([
  'queue_timeout',
  'too_many_connections',
  'endpoint_connect',
  'endpoint_closed',
  'endpoint_protocol',
  'endpoint_timeout',
  'exchange_timeout',
  'request_timeout',
])

/** The same request, of which nobody sends anything. */
async function checkPrediction(
  bytes: string,
  { code, status, folder }: { code: string; status: number; folder: string },
): Promise<void> {
  const head = bytes.slice(0, bytes.indexOf('\r\n\r\n'))
  const [line, ...fields] = head.split('\r\n')
  const [method, path] = line.split(' ')
  const host =
    fields
      .find((field) => /^host:/i.test(field))
      ?.slice(5)
      .trim() ?? ''
  const others = fields.filter((field) => !/^host:/i.test(field))
  // What is wrong with the line or with Host itself cannot be asked about.
  if (line !== `${method} ${path} HTTP/1.1` || host === '') return
  const predicted = await explainRequest(folder, { method, path, host, fields: others, peer: '127.0.0.1' })
  assert.deepEqual([predicted?.status, predicted?.code], [status, code])
  assert.match(predicted?.steps.at(-1)?.detail ?? '', new RegExp(`; ${code} by `))
}

/** In the answer, in the record and in its story. */
async function checkRule(body: string, { code, folder }: { code: string; folder: string }): Promise<void> {
  const { rule, request_id: id } = JSON.parse(body) as { rule: string; request_id?: string }
  const expected = code === 'quota_exceeded' ? /^limit:tenant/ : new RegExp(`^${rules[code] ?? 'http'}$`)
  const isToldWhole = /^(limit|setting):/.test(rule)
  if (isToldWhole) assert.match(rule, expected)
  else assert.equal(rule, (rules[code] ?? 'http').split(':')[0])
  if (id === undefined) return
  const line = await eventually(() => [...queryLog(folder, { requestId: id })].at(0))
  assert.match(line.rule ?? '', expected)
  const story = await callCli(['explain', id, '--json'], { data: folder })
  assert.equal(story.code, 0, story.stderr)
  const told = JSON.parse(story.stdout) as {
    verdict: object
    rule: string
    steps: { verdict: string; detail: string }[]
  }
  assert.deepEqual(told.verdict, { status: line.status, code })
  assert.match(told.rule, expected)
  assert.ok(['refuse', 'fail'].includes(told.steps.at(-1)?.verdict ?? ''))
  assert.ok(told.steps.some(({ detail }) => detail.includes(code)))
}
