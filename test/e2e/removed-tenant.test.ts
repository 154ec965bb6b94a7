import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { mintKey } from '../../src/auth/key.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { tenant } from '../../src/model/tenant.ts'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startWebSocketOrigin } from '../support/start-websocket-origin.ts'
import { openWebSocket } from '../support/websocket-client.ts'

test('a tenant that is removed serves nobody from then on, and its streams end with the drain time', async (t) => {
  const sockets = await startWebSocketOrigin(t)
  const streams = await startOrigin(t, (_, response) => void response.write('begun'))
  const { secret } = mintKey()
  const hosts = { acme: 'localhost', globex: '127.0.0.1' }
  type Name = keyof typeof hosts
  const of = (name: Name) => ({
    name,
    hosts: [hosts[name]],
    pools: { web: { endpoints: [sockets.url] }, stream: { endpoints: [streams.url] } },
    routes: [{}, { path: '/stream', pool: 'stream' }, { path: '/closed', auth: 'key' }],
    keys: { ci: secret },
  })
  const settings = { 'drain-timeout': '500ms' }
  const { port, change, server, folder } = await startProxy(
    t,
    { settings, tenants: [of('acme'), of('globex')] },
    { threads: 2 },
  )
  const open = async (name: Name) => {
    const client = await openWebSocket(t, `ws://${hosts[name]}:${port}/`)
    const stream = { bytes: 0, isOver: false }
    const asking = http.get({ port, path: '/stream', headers: { host: hosts[name] }, agent: false }, (response) => {
      response.on('data', (part: Buffer) => (stream.bytes += part.length))
      response.on('close', () => (stream.isOver = true)).on('error', () => {})
    })
    asking.on('error', () => {})
    t.after(() => asking.destroy())
    await eventually(() => stream.bytes > 0)
    return { client, stream }
  }
  const [gone, staying] = await Promise.all([open('acme'), open('globex')])
  const startMs = performance.now()
  assert.equal((await change((writer) => writer.remove(tenant, 1), 'acme')).outcome, 'applied')
  for (const path of ['/', '/stream', '/closed']) {
    assert.equal((await request(port, { host: hosts.acme, path })).status, 404)
  }
  assert.ok(gone.client.isOpen && !gone.stream.isOver, 'what is under way goes on for now')
  await eventually(() => !gone.client.isOpen && gone.stream.isOver)
  const tookMs = performance.now() - startMs
  assert.ok(tookMs >= 400 && tookMs < 2_000, `ended after ${tookMs} ms`)
  await sleep(100)
  assert.ok(staying.client.isOpen && !staying.stream.isOver, 'nobody else is concerned')
  await server.close()
  const codes = [...queryLog(folder, {})]
    .filter(({ status }) => status === 101 || status === 200)
    .map(({ code }) => code)
  assert.equal(codes.length, 4)
})
