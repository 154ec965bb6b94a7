import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { Course, probe } from '../../src/outbound/probe.ts'
import type { Keeper, ProbePlan } from '../../src/outbound/probe.ts'
import { eventually } from '../support/eventually.ts'
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
  headers: [],
  json: undefined,
  command: '',
}
const tcp: ProbePlan = { ...http, kind: 'tcp' }

async function startAnswering(t: TestContext, status = 200, body = 'ok') {
  return startOrigin(t, (_request, response) => response.writeHead(status).end(body))
}

function check(origin: Pick<Origin, 'port'>, plan: ProbePlan, keeper?: Keeper) {
  const target = {
    url: `http://127.0.0.1:${origin.port}`,
    isTls: false,
    host: '127.0.0.1',
    address: '127.0.0.1',
    port: origin.port,
  }
  return probe(target, plan, new Course(systemClock, keeper))
}

function createKeeper(t: TestContext): Keeper {
  const keeper: Keeper = { kept: undefined, mayKeep: true }
  t.after(() => keeper.kept?.close())
  return keeper
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
  ['JSON that says so', 200, '{"checks":{"db":"up"}}', { json: 'checks.db=up' }, 'all is well'],
  [
    'JSON that says otherwise',
    200,
    '{"checks":{"db":"down"}}',
    { json: 'checks.db=up' },
    "'checks.db' is 'down', not 'up'",
  ],
  ['JSON that says nothing', 200, '{"checks":7}', { json: 'checks.db=up' }, "the body has no 'checks.db'"],
  ['a body that is no JSON', 200, 'up', { json: 'checks.db=up' }, 'the body is no JSON'],
  ['a number and a list in JSON', 200, '{"nodes":[{"ok":true},{"ok":1}]}', { json: 'nodes.1.ok=1' }, 'all is well'],
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

test('an http check sends the headers of its plan', async (t) => {
  const origin = await startOrigin(t)
  const {
    isHealthy,
    connectUs = 0,
    answerUs = 0,
    durationUs,
  } = await check(origin, {
    ...http,
    headers: ['X-Probe: yes, indeed', 'User-Agent: mine'],
  })
  assert.equal(isHealthy, true)
  const [{ headers }] = origin.requests
  assert.deepEqual([headers['x-probe'], headers['user-agent']], ['yes, indeed', 'mine'])
  assert.ok(connectUs > 0 && connectUs <= answerUs && answerUs <= durationUs)
})

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

test('checks of an endpoint follow each other on one connection, and one that has gone is made anew', async (t) => {
  const origin = await startRawOrigin(t, (connection, index) => {
    let asked = 0
    connection.onHead(() => {
      asked += 1
      // The first one closes while it lies idle, the second one while its next request is on the way.
      if (index === 1 && asked === 2) return connection.end()
      connection.write(ok)
      if (index === 0 && asked === 2) connection.end()
    })
  })
  const keeper = createKeeper(t)
  const ask = async () => {
    const { reason, connectUs } = await check(origin, http, keeper)
    assert.equal(reason, 'all is well')
    return [origin.connections.length, connectUs !== undefined]
  }
  assert.deepEqual(
    [await ask(), await ask()],
    [
      [1, true],
      [1, false],
    ],
  )
  await eventually(() => keeper.kept?.isClosed === true)
  assert.deepEqual(
    [await ask(), await ask()],
    [
      [2, true],
      [3, true],
    ],
  )
})

const unkept: readonly [name: string, answer: string, plan: Partial<ProbePlan>][] = [
  ['whose answer is not whole when it is judged', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok', {}],
  ['that says more than its answer', `${ok}!`, {}],
  ['that the endpoint closes', ok.replace('OK\r\n', 'OK\r\nConnection: close\r\n'), {}],
  ['whose answer is no good HTTP', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', {}],
]
for (const [name, answer, plan] of unkept) {
  test(`a connection ${name} is not kept`, async (t) => {
    const origin = await startRawOrigin(t, (connection) => connection.onHead(() => connection.write(answer)))
    const keeper = createKeeper(t)
    for (let at = 1; at <= 2; at++) {
      await check(origin, { ...http, ...plan }, keeper)
      assert.equal(keeper.kept, undefined)
      assert.equal(origin.connections.length, at)
    }
  })
}

test('what an endpoint says unasked closes its kept connection', async (t) => {
  const origin = await startRawOrigin(t, (connection) => connection.onHead(() => connection.write(ok)))
  const keeper = createKeeper(t)
  await check(origin, http, keeper)
  origin.connections[0].write('HTTP/1.1 503 No\r\n\r\n')
  await eventually(() => keeper.kept?.isClosed === true)
  assert.equal((await check(origin, http, keeper)).reason, 'all is well')
})

function run(command: string, timeoutMs = 5_000) {
  return check({ port: 9_001 }, { ...http, kind: 'exec', command, timeoutMs })
}

const commands: readonly [command: string, reason: string][] = [
  ['exit 0', 'all is well'],
  ['test "$MTLB_URL $MTLB_HOST $MTLB_PORT" = "http://127.0.0.1:9001 127.0.0.1 9001"', 'all is well'],
  ['exit 3', 'exit code 3'],
  ['echo "the disk is full"; echo more; exit 1', 'exit code 1: the disk is full'],
  ['echo "no such thing" >&2; exit 2', 'exit code 2: no such thing'],
  ['kill -TERM $$', 'killed by SIGTERM'],
  ['test -z "$(env | grep -v -e ^MTLB_ -e ^PATH= -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD=)"', 'all is well'],
  ['head -c 1000000 /dev/zero', 'all is well'],
]
for (const [command, reason] of commands) {
  test(`an exec check judges '${command}'`, async () => {
    const result = await run(command)
    assert.deepEqual([result.isHealthy, result.reason], [reason === 'all is well', reason])
  })
}

/** Whether a process with that in its command line is there. */
function isRunning(mark: string): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark)
    } catch {
      return false
    }
  })
}

test('a command that takes too long is killed with its children', async () => {
  const [first, second] = ['31536', '31537'].map((seconds) => `${seconds}.${process.pid}`)
  const result = await run(`sleep ${first} & sleep ${second}; exit 0`, 200)
  assert.deepEqual([result.isHealthy, result.reason], [false, 'no answer within 200 ms'])
  await eventually(() => !isRunning(first) && !isRunning(second))
})

test('what a command leaves behind is killed when it ends', async () => {
  const mark = `31538.${process.pid}`
  const result = await run(`sleep ${mark} & exit 0`)
  assert.equal(result.isHealthy, true)
  await eventually(() => !isRunning(mark))
})
