import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintKey } from '../../src/auth/key.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import type { LogLine } from '../../src/ledger/log-query.ts'
import { queryStats } from '../../src/ledger/stats-query.ts'
import { eventually } from '../support/eventually.ts'
import { startFlood } from '../support/flood.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

test('every request leaves one record that says what happened', async (t) => {
  const origin = await startOrigin(t)
  const hanging = await startRawOrigin(t, () => {})
  const dead = await startOrigin(t)
  dead.close()
  const secret = mintKey().secret
  const proxy = await startProxy(t, {
    tenants: [
      {
        pools: {
          web: { endpoints: [origin.url] },
          slow: { endpoints: [hanging.url] },
          dead: { endpoints: [dead.url] },
        },
        routes: [
          { name: 'open', path: '/' },
          { name: 'locked', path: '/locked', auth: 'key' },
          { name: 'slow', path: '/slow', pool: 'slow' },
          { name: 'dead', path: '/dead', pool: 'dead' },
        ],
        keys: { ci: secret },
      },
    ],
  })
  const served = await request(proxy.port, { path: '/a?b=c', headers: { 'user-agent': 'tester/1' } })
  await request(proxy.port, { path: '/locked', method: 'POST', body: 'hello', headers: { 'x-api-key': secret } })
  await request(proxy.port, { path: '/locked' })
  await request(proxy.port, { path: '/dead' })
  await request(proxy.port, { host: 'nobody.test', path: '/lost' })
  const malformed = await connectRaw(t, proxy.port)
  malformed.write('NONSENSE\r\n\r\n')
  await malformed.untilEnded()
  const gone = await connectRaw(t, proxy.port)
  gone.write('GET /slow HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  await eventually(() => hanging.connections.length === 1)
  gone.reset()
  await eventually(() => hanging.connections[0].isEnded)
  await proxy.server.close()

  const lines = [...queryLog(proxy.folder, {})]
  const pick = (line: LogLine) => [line.tenant, line.route, line.key, line.path, line.status, line.code, line.attempts]
  assert.deepEqual(lines.map(pick), [
    ['acme', 'open', null, '/a?b=c', 200, null, 1],
    ['acme', 'locked', 'ci', '/locked', 200, null, 1],
    ['acme', 'locked', null, '/locked', 401, 'unauthenticated', 0],
    ['acme', 'dead', null, '/dead', 502, 'endpoint_connect', 1],
    [null, null, null, '/lost', 404, 'no_route', 0],
    [null, null, null, '', 400, 'bad_request', 0],
    ['acme', 'slow', null, '/slow', 0, 'client_closed', 1],
  ])
  const [first, second] = lines
  assert.equal(first.request_id, served.headers['x-request-id'])
  assert.deepEqual(
    [first.client, first.method, first.host, first.endpoint, first.user_agent],
    ['127.0.0.1', 'GET', 'acme.test', origin.url, 'tester/1'],
  )
  assert.ok(first.bytes_out > served.body.length)
  assert.ok(second.bytes_in > 'hello'.length)
  assert.ok(first.endpoint_ms !== null && first.endpoint_ms <= first.duration_ms)
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(secret))
})

test('at full speed records and drops together are the requests, and the statistics miss nothing', async (t) => {
  const origin = await startOrigin(t, (_, response) => void response.end('ok'))
  const proxy = await startProxy(
    t,
    { tenants: [{ pools: { web: { endpoints: [origin.url] } }, limit: { rate: '1000/s', burst: 1_000 } }] },
    { threads: 2 },
  )
  const flood = await startFlood(t, { port: proxy.port, connections: 16, pipelined: 4 })
  await eventually(() => flood.answers >= 10_000, 15_000)
  await flood.stop()
  const { dropped } = proxy.server.status().records
  await proxy.server.close()

  const lines = [...queryLog(proxy.folder, { tenant: 'acme' })]
  assert.equal(lines.length + dropped, flood.answers)
  assert.equal(new Set(lines.map((line) => line.request_id)).size, lines.length)
  const [stats] = queryStats(proxy.folder, { by: 'tenant', sinceMs: 0 })
  assert.equal(stats.requests, flood.answers)
  assert.equal(stats.status_2xx, flood.statuses.get(200))
  assert.equal(stats.status_4xx, flood.statuses.get(429))
  assert.equal(stats.rejected, flood.statuses.get(429))
})
