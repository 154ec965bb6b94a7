import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createChecks, localUrls } from '../support/create-checks.ts'
import { eventually } from '../support/eventually.ts'
import { startOrigin } from '../support/start-origin.ts'
import { goodRows } from '../snapshot/tenant-rows.ts'

/** Accepts connections to every address of this machine and never answers; the addresses that were asked. */
async function startSilence(t: TestContext) {
  const asked = new Set<string>()
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    asked.add(socket.localAddress ?? '')
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { asked, port: (server.address() as net.AddressInfo).port }
}

test('where more checks are due than may run at once, every endpoint is checked in its turn', async (t) => {
  const silence = await startSilence(t)
  const urls = localUrls(600, silence.port)
  // Each takes three times as long as the time between two: without turns the first 342 would keep all places.
  const { checks } = createChecks(urls, { health: 'http', healthTimeoutMs: 300, healthIntervalMs: 100 })
  t.after(() => checks.close())
  checks.start()
  await eventually(() => silence.asked.size === urls.length)
})

test('so many connections are kept as there is room for, and none of an endpoint that is checked no more', async (t) => {
  const origin = await startOrigin(t)
  const urls = Array.from({ length: 3 }, () => origin.url)
  const { checks, findings } = createChecks(urls, { health: 'http', healthIntervalMs: 100 }, 2)
  t.after(() => checks.close())
  checks.start()
  await eventually(() => origin.requests.length >= 30 && origin.openCount === 2)
  assert.ok(findings().every((found) => found?.last?.isHealthy === true))
  checks.remove(goodRows.tenant.id)
  await eventually(() => origin.openCount === 0)
})
