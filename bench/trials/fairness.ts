import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { jainIndex, runFairLoad } from '../../test/support/fair-load.ts'
import type { Customer } from '../../test/support/fair-load.ts'
import type { SlowOriginData } from '../../test/support/slow-origin.ts'
import { supportModule } from '../../test/support/support-module.ts'
import type { Bench } from '../bench.ts'
import { fairCompetitors } from '../fair-competitors.ts'
import type { FairCompetitor } from '../fair-competitors.ts'
import { median } from '../figures.ts'
import { findMissing } from '../tools.ts'
import type { Trial, TrialResult } from '../trial.ts'

const places = 16
const serviceMs = 10
const runMs = 4_000
/** Of two. */
const sharePlaces = places / 2
const sharePerSecond = (sharePlaces * 1_000) / serviceMs
/** Who asks for its whole part at random times waits for itself alone. */
const asked = 0.9
const floodFactor = 20
const weights = [4, 2, 1]
const equals = 10

/** What a customer keeps of a pool that another one floods. */
export const fairness: Trial = {
  name: 'fairness',
  summary:
    `an origin that works on ${places} requests at once, ${serviceMs} ms each, give or take a half; a flood of ${floodFactor} times ` +
    `its part beside a customer that asks for ${asked} of its own, at random times; ${equals} equal customers; weights of ${weights.join(', ')}`,
  async run(bench) {
    const names = bench.competitors.map(({ name }) => name)
    const taking = fairCompetitors.filter(({ name, needs }) => names.includes(name) && findMissing(needs) === undefined)
    const origin = new Worker(supportModule('slow-origin'), {
      workerData: { places, ms: serviceMs } satisfies SlowOriginData,
    })
    const [originPort] = (await once(origin, 'message')) as [number]
    const readings: Reading[] = []
    for (let round = 0; round < bench.rounds; round++) {
      for (const competitor of taking) readings.push(await measure(bench, competitor, originPort))
    }
    await origin.terminate()
    return judge(readings)
  },
}

interface Reading {
  readonly competitor: string
  /** Of its throughput alone. */
  readonly kept: number
  /** Of its p99 alone. */
  readonly p99: number
  readonly refused: number
  /** What the flood gets alone, of what the origin can do. */
  readonly alone: number
  readonly jain: number
  /** The largest deviation from the weights. */
  readonly offWeights: number
}

async function measure(bench: Bench, competitor: FairCompetitor, originPort: number): Promise<Reading> {
  const run = async (customers: readonly (Customer & { readonly weight: number })[]) => {
    const plan = { originPort, places, customers: customers.map(({ host, weight }) => ({ name: host, weight })) }
    const running = await competitor.start(bench.createFolder(competitor.name), plan)
    const load = customers.map(({ host, weight: _weight, ...rest }) => ({ host: `${host}.test`, ...rest }))
    const measureLoad = (wanted: readonly Customer[]) => runFairLoad(running.port, wanted, runMs)
    return { load, measureLoad, stop: running.stop }
  }
  const two = await run([
    { host: 'flood', clients: floodFactor * sharePlaces, weight: 1 },
    { host: 'quiet', perSecond: asked * sharePerSecond, weight: 1 },
  ])
  const [floodAlone] = await two.measureLoad([two.load[0]])
  const [quietAlone] = await two.measureLoad([two.load[1]])
  const [, quiet] = await two.measureLoad(two.load)
  await two.stop()
  const many = await run(
    Array.from({ length: equals }, (_, at) => ({ host: `c${at}`, clients: 4 * (at + 1), weight: 1 })),
  )
  const parts = await many.measureLoad(many.load)
  await many.stop()
  const weighted = await run(weights.map((weight) => ({ host: `w${weight}`, clients: 60, weight })))
  const got = (await weighted.measureLoad(weighted.load)).map(({ perSecond }) => perSecond)
  await weighted.stop()
  const all = got.reduce((sum, part) => sum + part, 0)
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    competitor: competitor.name,
    kept: quiet.perSecond / quietAlone.perSecond,
    p99: quiet.p99Ms / quietAlone.p99Ms,
    refused: quiet.refused,
    alone: floodAlone.perSecond / ((places * 1_000) / serviceMs),
    jain: jainIndex(parts.map(({ perSecond }) => perSecond)),
    offWeights: Math.max(...got.map((part, at) => Math.abs(part / all / (weights[at] / weightSum) - 1))),
  }
}

function judge(readings: readonly Reading[]): TrialResult {
  const groups = Map.groupBy(readings, ({ competitor }) => competitor)
  const middle = (group: readonly Reading[], key: Exclude<keyof Reading, 'competitor'>) =>
    median(group.map((reading) => reading[key]))
  const ours = groups.get('mtlb') ?? []
  return {
    table: [
      ['', 'keeps, of alone', 'p99, of alone', 'refused', 'flood alone, of all', "Jain's index of 10", 'off 4:2:1'],
      ...Array.from(groups, ([name, group]) => [
        name,
        middle(group, 'kept').toFixed(2),
        middle(group, 'p99').toFixed(2),
        middle(group, 'refused').toFixed(0),
        middle(group, 'alone').toFixed(2),
        middle(group, 'jain').toFixed(3),
        `${(middle(group, 'offWeights') * 100).toFixed(1)} %`,
      ]),
    ],
    verdicts:
      ours.length === 0
        ? []
        : [
            { what: 'kept of its throughput', value: middle(ours, 'kept'), unit: '', bound: 0.95, sense: 'at least' },
            { what: 'p99, of its p99 alone', value: middle(ours, 'p99'), unit: '', bound: 1.5, sense: 'at most' },
            { what: 'refused', value: middle(ours, 'refused'), unit: '', bound: 0, sense: 'at most' },
            { what: "Jain's index", value: middle(ours, 'jain'), unit: '', bound: 0.95, sense: 'at least' },
            { what: 'off its weight', value: middle(ours, 'offWeights') * 100, unit: '%', bound: 5, sense: 'at most' },
          ],
    ratios: {},
    readings,
  }
}
