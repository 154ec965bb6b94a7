import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../src/kit/clock.ts'
import { ipRule } from '../../src/model/ip-rule.ts'
import { tenant as tenantEntity } from '../../src/model/tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { ask } from '../ask.ts'
import type { Bench } from '../bench.ts'
import { mtlb } from '../competitors/mtlb.ts'
import { median } from '../figures.ts'
import { prepareRun, runLoad } from '../measure.ts'
import type { LoadRun } from '../measure.ts'
import { createTenants } from '../tenants.ts'
import type { Tenant } from '../tenants.ts'
import type { Trial, TrialResult } from '../trial.ts'
import { createPacedLoad } from './half-load.ts'

const tenantCount = 10_000
const busyCount = 1_000
const changeEveryMs = 500
const pollEveryMs = 5

/** How long a change takes to be in force, and what it costs those whom it does not concern. */
export const apply: Trial = {
  name: 'apply',
  summary:
    'one tenant of 10,000 is changed twice a second while 1,000 others have half the traffic that can be served; ' +
    'windows with and without changes in turns',
  isAboutMtlb: true,
  async run(bench) {
    const tenants = createTenants(tenantCount)
    const folder = bench.createFolder('apply')
    const running = await mtlb.start(folder, await bench.originPort(), tenants)
    const store = openStore({ folder, access: 'write', clock: systemClock })
    try {
      const run = await preparePacedRun(bench, running.port, tenants.slice(0, busyCount))
      return judge(await measureWindows(bench, run, { port: running.port, store, tenant: tenants[tenantCount - 1] }))
    } finally {
      store.close()
      await running.stop()
    }
  },
}

interface Subject {
  readonly port: number
  readonly store: Store
  /** The one that is changed. */
  readonly tenant: Tenant
}

interface Window {
  readonly round: number
  readonly quietP99Ms: number
  readonly changingP99Ms: number
  /** From the commit until an answer shows it, for each change. */
  readonly enforcedMs: readonly number[]
}

async function preparePacedRun(bench: Bench, port: number, busy: readonly Tenant[]): Promise<LoadRun> {
  const requests = busy.map((tenant) => ({ tenant }))
  const flatOut = prepareRun(bench, { connections: 64, requests, status: 200 })
  const { requestsPerSecond } = await runLoad(port, flatOut)
  return prepareRun(bench, createPacedLoad(requestsPerSecond, requests))
}

async function measureWindows(bench: Bench, run: LoadRun, subject: Subject): Promise<Window[]> {
  const windows: Window[] = []
  for (let round = 1; round <= bench.rounds; round++) {
    const quiet = await runLoad(subject.port, run)
    const [changing, enforcedMs] = await Promise.all([
      runLoad(subject.port, run),
      changeRepeatedly(subject, run.seconds),
    ])
    windows.push({ round, quietP99Ms: quiet.p99Ms, changingP99Ms: changing.p99Ms, enforcedMs })
  }
  return windows
}

async function changeRepeatedly(subject: Subject, seconds: number): Promise<number[]> {
  const enforcedMs: number[] = []
  const changes = Math.floor((seconds * 1_000) / changeEveryMs)
  for (let change = 0; change < changes; change++) {
    const startedMs = performance.now()
    enforcedMs.push(await timeChange(subject))
    await delay(Math.max(0, changeEveryMs - (performance.now() - startedMs)))
  }
  return enforcedMs
}

/** Denies this machine to the tenant, or takes that back, and asks until it shows. */
async function timeChange({ port, store, tenant }: Subject): Promise<number> {
  const expected = toggleRule(store, tenant)
  const committedMs = performance.now()
  while ((await ask(port, { tenant })).status !== expected) await delay(pollEveryMs)
  return performance.now() - committedMs
}

/** Returns the status that is to be seen from then on. */
function toggleRule(store: Store, { name }: Tenant): number {
  const range = '127.0.0.0/8'
  const { result } = store.write({ actor: 'bench', command: 'npm run bench' }, (writer) => {
    const tenantId = store.find(tenantEntity, { name })?.id ?? 0
    const found = store.find(ipRule, { tenantId, range })
    if (found === undefined) writer.insert(ipRule, { tenantId, range, action: 'deny' })
    else writer.remove(ipRule, found.id)
    return found === undefined ? 403 : 200
  })
  return result
}

function judge(windows: readonly Window[]): TrialResult {
  const enforcedMs = windows.flatMap((window) => window.enforcedMs)
  const addedMs = windows.map(({ quietP99Ms, changingP99Ms }) => changingP99Ms - quietP99Ms)
  const rows = [
    ['from commit to enforcement', enforcedMs],
    ["others' p99, nothing changes", windows.map(({ quietP99Ms }) => quietP99Ms)],
    ["others' p99, changes", windows.map(({ changingP99Ms }) => changingP99Ms)],
    ['added p99', addedMs],
  ] as const
  const head = ['ms', 'median', 'min', 'max']
  const renderRow = ([name, values]: (typeof rows)[number]) => [
    name,
    ...[median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(1)),
  ]
  return {
    table: [head, ...rows.map(renderRow)],
    verdicts: [
      { what: 'longest until enforcement', value: Math.max(...enforcedMs), unit: 'ms', bound: 200, sense: 'at most' },
      { what: "what changes add to the others' p99", value: median(addedMs), unit: 'ms', bound: 2, sense: 'at most' },
    ],
    ratios: {},
    readings: windows,
  }
}
