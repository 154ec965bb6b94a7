import { setTimeout as delay } from 'node:timers/promises'
import { waitForRevision } from '../../src/control/control-client.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { Random } from '../../src/kit/random.ts'
import { limit } from '../../src/model/limit.ts'
import { route } from '../../src/model/route.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { mtlb } from '../competitors/mtlb.ts'
import { median } from '../figures.ts'
import { prepareRun, runLoad } from '../measure.ts'
import { readProcessCost } from '../process-cost.ts'
import { createTenants } from '../tenants.ts'
import type { Trial, TrialResult } from '../trial.ts'
import { createPacedLoad } from './half-load.ts'

const tenantCount = 10_000
const busyCount = 1_000
const changesPerSecond = 100
const churnSeconds = 60
const quietSeconds = 20
/** By then everything that is made for the first change is there. */
const settledSeconds = 15

/** What a busy day of changes costs those who serve. */
export const churn: Trial = {
  name: 'churn',
  summary:
    `${changesPerSecond} changes a second for ${churnSeconds} s, each of one tenant of ${tenantCount.toLocaleString('en')}, while ` +
    `${busyCount.toLocaleString('en')} of them have half the traffic that can be served`,
  isAboutMtlb: true,
  async run(bench) {
    const folder = bench.createFolder('churn')
    const tenants = createTenants(tenantCount)
    const running = await mtlb.start(folder, await bench.originPort(), tenants)
    const store = openStore({ folder, access: 'write', clock: systemClock })
    try {
      const requests = tenants.slice(0, busyCount).map((tenant) => ({ tenant }))
      const flatOut = prepareRun(bench, { connections: 64, requests, status: 200 })
      const { requestsPerSecond } = await runLoad(running.port, flatOut)
      const paced = createPacedLoad(requestsPerSecond, requests)
      const load = async (seconds: number) => {
        const before = readProcessCost(running.pid).dataCpuUs
        const run = await runLoad(running.port, { ...prepareRun(bench, paced), seconds })
        const cpuUs = readProcessCost(running.pid).dataCpuUs - before
        return { usEach: cpuUs / run.requests, requestsPerSecond: run.requests / seconds }
      }
      const before = await load(quietSeconds)
      const [busy, changed] = await Promise.all([load(churnSeconds), change(folder, store, running.pid)])
      const after = await load(quietSeconds)
      return judge({ quietUs: (before.usEach + after.usEach) / 2, busyUs: busy.usEach, ...changed })
    } finally {
      store.close()
      await running.stop()
    }
  },
}

interface Changed {
  /** From the commit until all threads have it. */
  readonly enforcedMs: readonly number[]
  readonly settledBytes: number
  readonly finalBytes: number
}

async function change(folder: string, store: Store, pid: number): Promise<Changed> {
  const random = new Random(1)
  const routes = store.list(route)
  const limits = new Map(store.list(limit).map((row) => [row.tenantId, row.id]))
  const enforcing: Promise<number>[] = []
  const startedMs = performance.now()
  let settledBytes = 0
  const changes = changesPerSecond * churnSeconds
  for (let at = 0; at < changes; at++) {
    const { id, tenantId } = routes[random.below(routes.length)]
    enforcing.push(commit(folder, store, { routeId: id, limitId: limits.get(tenantId), at }))
    if (at === settledSeconds * changesPerSecond) settledBytes = readProcessCost(pid).residentBytes
    await delay(Math.max(0, startedMs + ((at + 1) * 1_000) / changesPerSecond - performance.now()))
  }
  const enforcedMs = await Promise.all(enforcing)
  return { enforcedMs, settledBytes, finalBytes: readProcessCost(pid).residentBytes }
}

interface OneChange {
  readonly routeId: number
  readonly limitId: number | undefined
  readonly at: number
}

async function commit(folder: string, store: Store, { routeId, limitId, at }: OneChange): Promise<number> {
  const { revision } = store.write({ actor: 'bench', command: 'npm run bench' }, (writer) => {
    if (at % 2 === 0 || limitId === undefined) writer.update(route, routeId, { timeoutMs: 10_000 + at })
    else writer.update(limit, limitId, { burst: 1_000_000 + at })
  })
  const committedMs = performance.now()
  const { outcome } = await waitForRevision({ folder, revision, tenant: undefined, timeoutMs: 10_000 })
  if (outcome !== 'applied') throw new Error(`change ${at} is ${outcome}`)
  return performance.now() - committedMs
}

function judge(reading: Changed & { readonly quietUs: number; readonly busyUs: number }): TrialResult {
  const { enforcedMs, settledBytes, finalBytes, quietUs, busyUs } = reading
  const sorted = enforcedMs.toSorted((a, b) => a - b)
  const longestMs = sorted[sorted.length - 1]
  const grownMiB = (finalBytes - settledBytes) / 2 ** 20
  const busier = (busyUs / quietUs - 1) * 100
  return {
    table: [
      ['', ''],
      ['enforced after, ms: median', median(sorted).toFixed(1)],
      ['the same, 99 of 100', sorted[Math.floor(sorted.length * 0.99)].toFixed(1)],
      ['the same, longest', longestMs.toFixed(1)],
      ['data threads, µs a request: before and after', quietUs.toFixed(1)],
      ['the same, during the changes', busyUs.toFixed(1)],
      [`memory after ${settledSeconds} s, MiB`, (settledBytes / 2 ** 20).toFixed(0)],
      [`memory after ${churnSeconds} s, MiB`, (finalBytes / 2 ** 20).toFixed(0)],
    ],
    verdicts: [
      { what: 'longest until enforcement', value: longestMs, unit: 'ms', bound: 500, sense: 'at most' },
      { what: 'data threads are busier by', value: busier, unit: '%', bound: 10, sense: 'at most' },
      { what: 'memory grows by', value: grownMiB, unit: 'MiB', bound: 20, sense: 'at most' },
    ],
    ratios: {},
    readings: [reading],
  }
}
