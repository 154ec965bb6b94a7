import type { Bench } from '../bench.ts'
import { ratioOf, ratiosOf, spreadOf } from '../figures.ts'
import { measureLoad } from '../measure.ts'
import type { Load, Measurement } from '../measure.ts'
import type { Trial, TrialResult } from '../trial.ts'
import type { Verdict } from '../verdict.ts'

export interface LoadPlan {
  readonly name: string
  readonly summary: string
  /** Some loads are known only once the contenders run. */
  readonly load: Load | ((bench: Bench) => Promise<Load>)
  /** Whether bare relays take no part, also where they could. */
  readonly isForTenants?: boolean
  readonly budgets?: readonly Budget[]
}

/** How much mtlb may take of a figure, or must reach, as a multiple of a peer's. */
export interface Budget {
  readonly figure: Figure
  readonly against: string
  readonly sense: 'at most' | 'at least'
  readonly ratio: number
}

type Figure = 'cpu' | 'dataCpu' | 'throughput' | 'p99'

const figures: Readonly<Record<Figure, { title: string; read: (measurement: Measurement) => number }>> = {
  cpu: { title: 'CPU per request', read: ({ cpuUsPerRequest }) => cpuUsPerRequest },
  // A peer has no data threads: all that it spends is compared with those of mtlb.
  dataCpu: {
    title: 'CPU per request, data threads alone',
    read: ({ dataCpuUsPerRequest, cpuUsPerRequest }) => dataCpuUsPerRequest || cpuUsPerRequest,
  },
  throughput: { title: 'throughput', read: ({ requestsPerSecond }) => requestsPerSecond },
  p99: { title: 'p99', read: ({ p99Ms }) => p99Ms },
}

/** A trial that puts load on everybody in turns and compares what it costs. */
export function createLoadTrial(plan: LoadPlan): Trial {
  const { name, summary, budgets = [] } = plan
  return {
    name,
    summary,
    async run(bench) {
      const load = typeof plan.load === 'function' ? await plan.load(bench) : plan.load
      const needsKeys = plan.isForTenants === true || load.status !== 200
      const contenders = (await bench.contenders()).filter(
        ({ competitor }) => (competitor.hasKeys || !needsKeys) && competitor.cannot?.[name] === undefined,
      )
      return judgeLoad(await measureLoad(bench, contenders, load), budgets)
    },
  }
}

/** The table of all figures and what became of the budgets, which are the subject's. */
export function judgeLoad(
  measurements: readonly Measurement[],
  budgets: readonly Budget[],
  subject = 'mtlb',
): TrialResult {
  const names = [...new Set(measurements.map((measurement) => measurement.name))]
  const rows = names.flatMap((name) => renderRows(measurements, { name, subject, budgets }))
  return {
    table: [['', 'µs CPU', 'min', 'max', `${subject} : it`, ...head], ...rows],
    verdicts: judge(measurements, budgets, subject),
    ratios: ratiosOf(measurements, { of: subject, to: peersAmong(names, subject) }, figures.cpu.read),
    readings: measurements,
  }
}

const head = ['budget', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MiB']

interface Subject {
  readonly name: string
  readonly subject: string
  readonly budgets: readonly Budget[]
}

function renderRows(measurements: readonly Measurement[], { name, subject, budgets }: Subject): string[][] {
  const median = (read: (measurement: Measurement) => number, digits: number) =>
    spreadOf(measurements, name, read)?.median.toFixed(digits) ?? ''
  const cpu = spreadOf(measurements, name, figures.cpu.read)
  const ratio = ratioOf(measurements, { of: subject, to: name }, figures.cpu.read)
  const budget = budgets.find(({ against, figure }) => against === name && figure === 'cpu')
  const row = [
    name,
    ...[cpu?.median, cpu?.min, cpu?.max].map((value) => value?.toFixed(1) ?? ''),
    name === subject ? '' : (ratio?.toFixed(2) ?? ''),
    budget === undefined ? '' : `≤ ${budget.ratio}`,
    median(figures.throughput.read, 0),
    median(({ p50Ms }) => p50Ms, 2),
    median(figures.p99.read, 2),
    median(({ residentBytes }) => residentBytes / 2 ** 20, 0),
  ]
  const data = spreadOf(measurements, name, ({ dataCpuUsPerRequest }) => dataCpuUsPerRequest)
  if (data === undefined || data.max === 0) return [row]
  const ofData = [data.median, data.min, data.max].map((value) => value.toFixed(1))
  return [row, [`${name}, data threads`, ...ofData, ...['', ...head].map(() => '')]]
}

function judge(measurements: readonly Measurement[], budgets: readonly Budget[], subject: string): Verdict[] {
  return budgets.flatMap(({ figure, against, sense, ratio: bound }) => {
    const { title, read } = figures[figure]
    const value = ratioOf(measurements, { of: subject, to: against }, read)
    return value === undefined ? [] : [{ what: `${title}, ${subject} : ${against}`, value, unit: '', bound, sense }]
  })
}

function peersAmong(names: readonly string[], subject: string): Record<string, string> {
  return Object.fromEntries(names.filter((name) => name !== subject).map((name) => [name, name]))
}
