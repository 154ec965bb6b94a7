import assert from 'node:assert/strict'
import { ask } from '../ask.ts'
import type { Bench, Contender } from '../bench.ts'
import { ratioOf, ratiosOf, spreadOf } from '../figures.ts'
import { measureRuns, prepareRun } from '../measure.ts'
import type { Load, Measurement } from '../measure.ts'
import { readProcessCost } from '../process-cost.ts'
import { createTenants, wrongKey } from '../tenants.ts'
import type { Tenant } from '../tenants.ts'
import type { Trial, TrialResult } from '../trial.ts'
import type { Verdict } from '../verdict.ts'

const few = 10
const many = 10_000
const counts = [few, 1_000, many]

/** What many tenants cost: to start with, to keep, and per request. */
export const tenants: Trial = {
  name: 'tenants',
  summary: '10, 1,000 and 10,000 tenants of 3 routes, 3 keys and 10 ip rules; ten of them busy, or all in turn',
  async run(bench) {
    const populated = await startPopulated(bench)
    const ofFew = prepareRun(bench, createLoad(createTenants(few)))
    const fewBusy = await measureRuns(bench, new Map(populated.map(({ contender }) => [contender, ofFew])))
    const runs = new Map(counts.map((count) => [count, prepareRun(bench, createLoad(createTenants(count)))]))
    const ofAll = populated.map(({ contender, count }) => [contender, runs.get(count) ?? ofFew] as const)
    const allBusy = await measureRuns(bench, new Map(ofAll))
    for (const { contender } of populated) await contender.running.stop()
    return judge(populated, fewBusy, allBusy)
  },
}

/** A competitor with that many tenants. */
interface Populated {
  readonly contender: Contender
  readonly count: number
  readonly restingBytes: number
}

async function startPopulated(bench: Bench): Promise<Populated[]> {
  const populated: Populated[] = []
  const able = (await bench.contenders()).filter(({ competitor }) => competitor.hasKeys)
  for (const { competitor } of able) {
    for (const count of counts) {
      const all = createTenants(count)
      const contender = await bench.start(competitor, all, nameOf(competitor.name, count))
      if (contender === undefined) continue
      await checkRefusals(contender, all)
      populated.push({ contender, count, restingBytes: readProcessCost(contender.running.pid).residentBytes })
    }
  }
  return populated
}

async function checkRefusals({ name, running }: Contender, all: readonly Tenant[]): Promise<void> {
  for (const key of [wrongKey, all[0].keys[0]]) {
    const { status } = await ask(running.port, { tenant: all.at(-1), key })
    assert.equal(status, 401, `${name} answers ${status} to a bad key`)
  }
}

/** A request of each tenant in turn, each with another of its keys and routes than its neighbour. */
function createLoad(all: readonly Tenant[]): Load {
  const requests = all.map((tenant, index) => ({
    tenant,
    key: tenant.keys[index % 3],
    path: `${tenant.paths[index % 3].replace(/\/$/, '')}/hello`,
  }))
  return { connections: 64, requests, status: 200 }
}

function judge(
  populated: readonly Populated[],
  fewBusy: readonly Measurement[],
  allBusy: readonly Measurement[],
): TrialResult {
  const rows = populated.map(({ contender: { name, competitor, running }, restingBytes }) => [
    name,
    (running.startMs / 1_000).toFixed(2),
    mebibytes(restingBytes).toFixed(0),
    ...[fewBusy, allBusy].flatMap((measurements) => [
      spreadOf(measurements, name, readCpu)?.median.toFixed(1) ?? '',
      growthOf(measurements, competitor.name, name)?.toFixed(2) ?? '',
    ]),
    mebibytes(spreadOf(allBusy, name, readResident)?.max ?? 0).toFixed(0),
  ])
  const readings = [
    ...fewBusy.map((measurement) => ({ busy: 'few', ...measurement })),
    ...allBusy.map((measurement) => ({ busy: 'all', ...measurement })),
  ]
  const ratios = ratiosOf(allBusy, { of: nameOf('mtlb', many), to: peersAmong(populated) }, readCpu)
  const verdicts = judgeMtlb(populated, fewBusy, allBusy)
  return { table: [head, ...rows], verdicts, ratios, readings }
}

const head = ['', 'start s', 'RSS MiB', 'µs CPU, ten busy', 'growth', 'µs CPU, all busy', 'growth', 'RSS MiB, all busy']

function judgeMtlb(
  populated: readonly Populated[],
  fewBusy: readonly Measurement[],
  allBusy: readonly Measurement[],
): Verdict[] {
  const name = nameOf('mtlb', many)
  const found = populated.find(({ contender }) => contender.name === name)
  if (found === undefined) return []
  const busyBytes = spreadOf(allBusy, name, readResident)?.max ?? 0
  const bounds = [
    { what: 'growth of CPU per request, ten busy', value: growthOf(fewBusy, 'mtlb', name), unit: '', bound: 1.05 },
    { what: 'growth of CPU per request, all busy', value: growthOf(allBusy, 'mtlb', name), unit: '', bound: 1.05 },
    { what: 'start-up', value: found.contender.running.startMs / 1_000, unit: 's', bound: 3 },
    { what: 'memory', value: mebibytes(Math.max(found.restingBytes, busyBytes)), unit: 'MiB', bound: 300 },
  ]
  return bounds.flatMap(({ value, ...rest }) => (value === undefined ? [] : [{ ...rest, value, sense: 'at most' }]))
}

/** By name, with the most tenants. */
function peersAmong(populated: readonly Populated[]): Record<string, string> {
  const names = populated.map(({ contender }) => contender.competitor.name).filter((name) => name !== 'mtlb')
  return Object.fromEntries(names.map((name) => [name, nameOf(name, many)]))
}

function growthOf(measurements: readonly Measurement[], competitor: string, name: string): number | undefined {
  return ratioOf(measurements, { of: name, to: nameOf(competitor, few) }, readCpu)
}

function nameOf(competitor: string, count: number): string {
  return `${competitor}, ${count.toLocaleString('en')}`
}

function readCpu({ cpuUsPerRequest }: Measurement): number {
  return cpuUsPerRequest
}

function readResident({ residentBytes }: Measurement): number {
  return residentBytes
}

function mebibytes(bytes: number): number {
  return bytes / 2 ** 20
}
