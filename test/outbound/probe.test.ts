import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { probe } from '../../src/outbound/probe.ts'
import type { ProbePlan } from '../../src/outbound/probe.ts'
import { startOrigin } from '../support/start-origin.ts'
import type { Origin } from '../support/start-origin.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

const http: ProbePlan = {
  kind: 'http',
  timeoutMs: 2_000,
  method: 'GET',
  path: '/healthz',
  host: undefined,
  statuses: ['200-399'],
  body: undefined,
}
const tcp: ProbePlan = { ...http, kind: 'tcp' }

async function startAnswering(t: TestContext, status = 200, body = 'ok') {
  return startOrigin(t, (_request, response) => response.writeHead(status).end(body))
}

function check(origin: Pick<Origin, 'port'>, plan: ProbePlan) {
  return probe({ isTls: false, host: '127.0.0.1', port: origin.port }, plan, systemClock)
}

test('an http check asks for what its plan says, over a connection that it closes', async (t) => {
  const origin = await startOrigin(t)
  const result = await check(origin, { ...http, host: 'api.acme.test' })
  assert.deepEqual([result.isHealthy, result.reason], [true, 'all is well'])
  assert.ok(result.durationUs > 0)
  const [{ method, path, headers }] = origin.requests
  assert.deepEqual(
    [method, path, headers.host, headers['user-agent']],
    ['GET', '/healthz', 'api.acme.test', 'mtlb-health'],
  )
  assert.equal(headers.connection, 'close')
})

const verdicts: readonly [name: string, status: number, body: string, plan: Partial<ProbePlan>, reason: string][] = [
  ['a status that is none of the good ones', 503, '', {}, 'status 503 is not in 200-399'],
  ['a single status', 204, '', { statuses: ['200', '401-403'] }, 'status 204 is not in 200,401-403'],
  ['one of several ranges', 402, '', { statuses: ['200', '401-403'] }, 'all is well'],
  ['a body with the word', 200, 'status: green', { body: 'green' }, 'all is well'],
  ['a body without it', 200, 'status: red', { body: 'green' }, "the body lacks 'green'"],
  ['a word beyond 64 KiB', 200, `${' '.repeat(300_000)}green`, { body: 'green' }, "the body lacks 'green'"],
  ['a HEAD', 200, '', { method: 'HEAD' }, 'all is well'],
]
for (const [name, status, body, plan, reason] of verdicts) {
  test(`an http check judges ${name}`, async (t) => {
    const result = await check(await startAnswering(t, status, body), { ...http, ...plan })
    assert.deepEqual([result.isHealthy, result.reason], [reason === 'all is well', reason])
  })
}

test('what cannot be reached, says nothing or breaks off is unhealthy, with the reason', async (t) => {
  const dead = await startOrigin(t)
  dead.close()
  const silent = await startRawOrigin(t, () => {})
  const rude = await startRawOrigin(t, (connection) => connection.onHead(() => connection.end()))
  const garbage = await startRawOrigin(t, (connection) => connection.onHead(() => connection.write('nonsense\r\n\r\n')))
  for (const plan of [http, tcp]) {
    assert.deepEqual(await check(dead, plan).then(({ isHealthy, reason }) => [isHealthy, reason]), [
      false,
      'connection refused',
    ])
  }
  const late = await check(silent, { ...http, timeoutMs: 50 })
  assert.deepEqual([late.isHealthy, late.reason], [false, 'no answer within 50 ms'])
  assert.equal((await check(silent, { ...tcp, timeoutMs: 1_000 })).isHealthy, true)
  const broken = await check(rude, http)
  assert.deepEqual([broken.isHealthy, broken.reason], [false, 'closed before its answer was complete'])
  assert.equal((await check(garbage, http)).isHealthy, false)
})
