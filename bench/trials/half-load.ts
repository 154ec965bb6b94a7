import type { Bench } from '../bench.ts'
import { prepareRun, runLoad } from '../measure.ts'
import type { Load } from '../measure.ts'
import { acme } from '../tenants.ts'
import { createLoadTrial } from './load-trial.ts'

/**
 * Everybody gets the same requests per second: half of what the slowest reaches with 64 busy connections. Many connections
 * rest between their requests for random times, so that requests come whether or not earlier ones were answered.
 */
export const halfLoad = createLoadTrial({
  name: 'half-load',
  summary: 'small GET at half the rate that the slowest can serve, 256 connections with random pauses',
  load: async (bench) => createPacedLoad(await findSlowestRate(bench)),
  isForTenants: true,
  budgets: [{ figure: 'p99', against: 'nginx', sense: 'at most', ratio: 1.5 }],
})

/** A load that comes to half of a rate. */
export function createPacedLoad(ratePerSecond: number, requests: Load['requests'] = [{ tenant: acme }]): Load {
  const connections = 256
  return { connections, requests, status: 200, pauseMs: Math.round(connections / (ratePerSecond / 2_000)) }
}

async function findSlowestRate(bench: Bench): Promise<number> {
  const run = prepareRun(bench, { connections: 64, requests: [{ tenant: acme }], status: 200 })
  let slowest = Infinity
  for (const { competitor, running } of await bench.contenders()) {
    if (!competitor.hasKeys) continue
    const { requestsPerSecond } = await runLoad(running.port, run)
    slowest = Math.min(slowest, requestsPerSecond)
  }
  return slowest
}
