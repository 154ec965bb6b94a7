import assert from 'node:assert/strict'
import http from 'node:http'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { hashKey } from '../../src/auth/key.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { host } from '../../src/model/host.ts'
import { ipRule } from '../../src/model/ip-rule.ts'
import { key } from '../../src/model/key.ts'
import { limit } from '../../src/model/limit.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Writer } from '../../src/store/writer.ts'
import { eventually } from './eventually.ts'
import { startOrigin } from './start-origin.ts'
import { startProxy } from './start-proxy.ts'
import { startWebSocketOrigin } from './start-websocket-origin.ts'
import { openWebSocket } from './websocket-client.ts'
import type { WebSocketClient } from './websocket-client.ts'

const everyMs = 50

/** What may change of tenant 2, of everything that a tenant has. */
const changes: readonly ((writer: Writer, round: number) => unknown)[] = [
  (writer, round) => writer.update(route, 2, { path: `/v${round}`, timeoutMs: 1_000 + round }),
  (writer, round) =>
    writer.update(pool, 2, { maxInFlight: 1 + round, balance: round % 2 === 0 ? 'random' : 'round-robin' }),
  (writer, round) => writer.update(limit, 1, { rate: `${1 + round}/s` }),
  (writer, round) => writer.insert(host, { tenantId: 2, name: `h${round}.globex.test` }),
  (writer, round) =>
    writer.insert(key, { tenantId: 2, name: `k${round}`, hash: hashKey(String(round)), prefix: 'mtlb_test' }),
  (writer, round) =>
    writer.insert(ipRule, { tenantId: 2, range: `10.0.${round >> 8}.${round & 255}/32`, action: 'deny' }),
  (writer, round) => writer.insert(endpoint, { poolId: 2, url: `http://127.0.0.1:${10_000 + round}` }),
  (writer, round) =>
    writer.update(tenant, 2, { state: round % 2 === 0 ? 'suspended' : 'active', weight: 1 + (round % 9) }),
  (writer) => writer.update(route, 2, { pool: 'gone' }),
  (writer) => writer.update(route, 2, { pool: 'web' }),
]

export interface Collateral {
  readonly beforeP99Ms: number
  readonly duringP99Ms: number
}

/** Streams of one tenant, half of them WebSockets, while another one changes so often: none is dropped, and each answers on. */
export async function runCollateral(
  t: TestContext,
  { streams, rounds }: { readonly streams: number; readonly rounds: number },
): Promise<Collateral> {
  const sockets = await startWebSocketOrigin(t)
  const ticking = await startOrigin(t, (_, response) => {
    const timer = setInterval(() => response.write(`${performance.now()}\n`), everyMs)
    response.on('close', () => clearInterval(timer))
  })
  const pools = { web: { endpoints: [sockets.url] }, ticking: { endpoints: [ticking.url] } }
  const routes = [{}, { path: '/ticking', pool: 'ticking' }]
  const { port, change } = await startProxy(
    t,
    {
      tenants: [
        { hosts: ['localhost'], pools: { web: pools.web }, routes: [{}] },
        { name: 'globex', pools: { web: pools.web }, limit: { rate: '1/s', burst: 5 } },
        { name: 'initech', hosts: ['127.0.0.1'], pools, routes },
      ],
    },
    { threads: 2 },
  )
  const clients = await Promise.all(
    Array.from({ length: streams / 2 }, (_, at) =>
      openWebSocket(t, `ws://${at % 2 ? 'localhost' : '127.0.0.1'}:${port}/`),
    ),
  )
  const bodies = Array.from({ length: streams / 2 }, () => openBody(t, port))
  await eventually(() => bodies.every(({ parts }) => parts() > 0), 10_000)

  const beforeP99Ms = await echoAll(clients, 10)
  const over = new AbortController()
  const echoing = echoUntil(clients, over.signal)
  for (let round = 0; round < rounds; round++) {
    const { outcome } = await change((writer) => void changes[round % changes.length](writer, round), 'globex')
    assert.ok(outcome === 'applied' || outcome === 'kept', `round ${round}: ${outcome}`)
  }
  over.abort()
  const duringP99Ms = await echoing
  assert.equal(clients.filter(({ isOpen }) => isOpen).length, clients.length)
  const counts = bodies.map(({ parts }) => parts())
  await sleep(4 * everyMs)
  assert.ok(bodies.every(({ parts, isOver }, at) => !isOver() && parts() > counts[at]))
  assert.equal(sockets.handshakes.length, clients.length)
  return { beforeP99Ms, duringP99Ms }
}

function openBody(t: TestContext, port: number) {
  let parts = 0
  let isOver = false
  const asking = http.get({ port, path: '/ticking', headers: { host: '127.0.0.1' }, agent: false }, (response) =>
    response.on('data', () => (parts += 1)).on('close', () => (isOver = true)),
  )
  asking.on('error', () => (isOver = true))
  t.after(() => asking.destroy())
  return { parts: () => parts, isOver: () => isOver }
}

async function echoAll(clients: readonly WebSocketClient[], times: number): Promise<number> {
  const latencies: number[] = []
  for (let time = 0; time < times; time++) latencies.push(...(await Promise.all(clients.map(echo))))
  return p99(latencies)
}

async function echoUntil(clients: readonly WebSocketClient[], signal: AbortSignal): Promise<number> {
  const latencies: number[] = []
  while (!signal.aborted) latencies.push(...(await Promise.all(clients.map(echo))))
  return p99(latencies)
}

async function echo(client: WebSocketClient): Promise<number> {
  const startMs = performance.now()
  const message = String(startMs)
  client.send(message)
  assert.equal(await client.next(), message)
  return performance.now() - startMs
}

function p99(latencies: readonly number[]): number {
  return latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)]
}
