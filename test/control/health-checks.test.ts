import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { HealthChecks } from '../../src/control/health-checks.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { sealTenants } from '../../src/snapshot/sealed-tenant.ts'
import { eventually } from '../support/eventually.ts'
import { endpointDefaults, goodRows } from '../snapshot/tenant-rows.ts'

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
  const urls = Array.from({ length: 600 }, (_, at) => `http://127.0.${1 + (at >> 7)}.${1 + (at & 127)}:${silence.port}`)
  const endpoints = urls.map((url, at) => ({ id: 100 + at, poolId: 11, url, weight: 1, ...endpointDefaults }))
  // Each takes three times as long as the time between two: without turns the first 342 would keep all places.
  const checked = { health: 'http', healthTimeoutMs: 300, healthIntervalMs: 100 } as const
  const compiled = compileTenant({ ...goodRows, pools: [{ ...goodRows.pools[0], ...checked }], endpoints })
  assert.ok('snapshot' in compiled)
  const [sealed] = sealTenants([compiled.snapshot])
  const slots = {
    tenant: 1,
    routes: [2],
    pools: [3],
    keys: [],
    limits: [9_000],
    quotas: [],
    endpoints: [endpoints.map((_, at) => 4 + at)],
  }
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const checks = new HealthChecks({ slab, clock: systemClock, tell: () => {}, mayExec: () => false })
  t.after(() => checks.close())
  checks.update({ sealed, slots }, compiled.snapshot)
  checks.start()
  await eventually(() => silence.asked.size === urls.length)
})
