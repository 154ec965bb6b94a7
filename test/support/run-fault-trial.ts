import type { TestContext } from 'node:test'
import { readEvents } from '../../src/control/control-client.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import type { EndpointFault } from './fault-proxy.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { runFaultLoad } from './fault-load.ts'
import { createResilientTenant } from './resilient-tenant.ts'
import { startOrigin } from './start-origin.ts'
import { startProxy } from './start-proxy.ts'

/** How long a fault may go unnoticed with the settings below. */
export const statedDetectionMs = 1_000

const body = 'x'.repeat(2_000)

/** Three endpoints, one of which goes wrong under load. */
export async function runFaultTrial(t: TestContext, fault: EndpointFault, requests: number) {
  const origins = await Promise.all([0, 1, 2].map(() => startOrigin(t, (_, response) => void response.end(body))))
  const sick = await startFaultProxy(origins[0].port)
  t.after(() => sick.close())
  const tenant = createResilientTenant([sick.url, origins[1].url, origins[2].url])
  const proxy = await startProxy(t, { tenants: [tenant] }, { threads: 2 })
  const load = { port: proxy.port, perSecond: 1_500, connections: 64, body }
  const before = await runFaultLoad({ ...load, requests: 300 })
  const brokenMs = Date.now()
  await sick.set(fault)
  const during = await runFaultLoad({ ...load, requests })
  const seconds = (Date.now() - brokenMs) / 1_000
  const events = await readEvents(proxy.folder, { afterId: 0, tenant: 'acme' })
  const found = events.find(({ endpoint, timeMs }) => endpoint === sick.url && timeMs >= brokenMs)
  await sick.set({ kind: 'none' })
  await proxy.server.close()
  const lines = [...queryLog(proxy.folder, {})]
  return {
    failedBefore: before.failed,
    failed: during.failed,
    /** What was sent after the endpoint was found out. */
    failedAfter: during.failed.filter(({ sentMs }) => found !== undefined && sentMs > found.timeMs),
    detectionMs: found && found.timeMs - brokenMs,
    detectedBy: found?.kind,
    retries: lines.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0),
    /** The budget: a share of the requests, ten a second, and ten at once. */
    mostRetries: 0.2 * (requests + 300) + 10 * seconds + 10,
  }
}
