import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { RawScript } from '../support/start-raw-origin.ts'
import type { TestRoute } from '../support/write-config.ts'

const get = 'GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n'
const chunkedAnswer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

interface Case {
  readonly name: string
  readonly route: TestRoute
  readonly script: RawScript
  readonly request: string
  /** What the client has when its connection ends. */
  readonly received: RegExp
  readonly record: readonly [status: number, code: string]
}

const cases: readonly Case[] = [
  {
    name: 'an endpoint that sends no answer in time',
    route: { timeoutMs: 100 },
    script: () => {},
    request: get,
    received: /^HTTP\/1\.1 504 [^]*"code":"endpoint_timeout"/,
    record: [504, 'endpoint_timeout'],
  },
  {
    name: 'an endpoint that lets its head come in drops',
    route: { timeoutMs: 300 },
    script: drip('HTTP/1.1 200 OK\r\nX-Slow: ', 'x'),
    request: get,
    received: /^HTTP\/1\.1 504 [^]*"code":"endpoint_timeout"/,
    record: [504, 'endpoint_timeout'],
  },
  {
    name: 'an endpoint that falls silent within its answer',
    route: { idleTimeoutMs: 100 },
    script: async (connection) => {
      await connection.until()
      connection.write(`${chunkedAnswer}5\r\nfirst\r\n`)
    },
    request: get,
    received: /^HTTP\/1\.1 200 [^]*\r\n\r\n5\r\nfirst\r\n$/,
    record: [200, 'endpoint_timeout'],
  },
  {
    name: 'an exchange that has no answer when its time is up',
    route: { requestTimeoutMs: 100 },
    script: () => {},
    request: get,
    received: /^HTTP\/1\.1 504 [^]*"code":"exchange_timeout"/,
    record: [504, 'exchange_timeout'],
  },
  {
    name: 'an exchange whose answer goes on and on',
    route: { requestTimeoutMs: 300, idleTimeoutMs: 200 },
    script: drip(chunkedAnswer, '1\r\nx\r\n'),
    request: get,
    received: /^HTTP\/1\.1 200 [^]*\r\n\r\n(?:1\r\nx\r\n)+$/,
    record: [200, 'exchange_timeout'],
  },
  {
    name: 'an exchange whose request is not complete when its time is up',
    route: { requestTimeoutMs: 100 },
    script: () => {},
    request: 'POST / HTTP/1.1\r\nHost: acme.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n',
    received: /^HTTP\/1\.1 504 [^]*Connection: close[^]*"code":"exchange_timeout"/,
    record: [504, 'exchange_timeout'],
  },
]

for (const { name, route, script, request, received, record } of cases) {
  test(`${name} is cut off, and its endpoint serves nobody else`, async (t) => {
    const { origin, proxy, client } = await start(t, route, script)
    client.write(request)
    await eventually(() => client.isEnded || client.received.includes('"code"'))
    await eventually(() => received.test(client.received))
    await origin.connections[0].untilEnded()
    client.end()
    await proxy.server.close()
    const [line] = [...queryLog(proxy.folder, {})]
    assert.deepEqual([line.status, line.code], record)
  })
}

test('an answer that goes on within its idle time may take longer than the endpoint had for its head', async (t) => {
  const { client } = await start(t, { timeoutMs: 300, idleTimeoutMs: 5_000 }, async (connection) => {
    await connection.until()
    connection.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nin')
    setTimeout(() => connection.write('ok'), 900)
  })
  client.write(get)
  await client.until('\r\n\r\ninok')
})

test('an endpoint that takes a request slowly has its idle time for that, not the time for its head', async (t) => {
  const body = 'x'.repeat(10_000_000)
  const script: RawScript = async (connection) => {
    connection.stopReading()
    setTimeout(() => connection.readOn(), 1_000)
    await eventually(() => connection.receivedBytes > body.length)
    connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  }
  const request = `POST / HTTP/1.1\r\nHost: acme.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const patient = await start(t, { timeoutMs: 200, idleTimeoutMs: 5_000 }, script)
  patient.client.write(request)
  await patient.client.until('\r\n\r\nok')
  const strict = await start(t, { timeoutMs: 5_000, idleTimeoutMs: 200 }, script)
  strict.client.write(request)
  await strict.client.until('"code":"endpoint_timeout"')
})

test('a connection goes on after an exchange that kept to its time, and each has its own', async (t) => {
  const { client } = await start(t, { requestTimeoutMs: 600 }, (connection) =>
    connection.onHead(() => setTimeout(() => connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 200)),
  )
  for (let round = 1; round <= 5; round += 1) {
    client.write(get)
    await eventually(() => client.received.match(/\r\n\r\nok/g)?.length === round)
  }
})

/** A script that answers, and then goes on with one part after the other for as long as it may. */
function drip(first: string, part: string): RawScript {
  return async (connection) => {
    await connection.until()
    connection.write(first)
    const timer = setInterval(() => (connection.isEnded ? clearInterval(timer) : connection.write(part)), 20)
  }
}

async function start(t: TestContext, route: TestRoute, script: RawScript) {
  const origin = await startRawOrigin(t, script)
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } }, routes: [route] }] })
  const client = await connectRaw(t, proxy.port)
  return { origin, proxy, client }
}
