import type { Competitor, RunningCompetitor } from './competitor.ts'
import { readProcessCost } from './process-cost.ts'
import type { Trial } from './trials.ts'
import { wrongKey } from './trials.ts'
import { runWrk } from './wrk.ts'

/** One competitor in one round of one trial. */
export interface Measurement {
  readonly competitor: string
  readonly round: number
  readonly cpuUsPerRequest: number
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly residentBytes: number
}

export interface Contender {
  readonly competitor: Competitor
  readonly running: RunningCompetitor
}

const warmUpSeconds = 2
const roundSeconds = 4

/** All contenders in turns, several rounds. Throws when a single answer is not what the trial expects. */
export async function measureTrial(trial: Trial, contenders: readonly Contender[], rounds: number) {
  const measurements: Measurement[] = []
  for (const contender of contenders) await load(trial, contender, warmUpSeconds)
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) measurements.push(await measureOnce(trial, contender, round))
  }
  return measurements
}

async function measureOnce(trial: Trial, contender: Contender, round: number): Promise<Measurement> {
  const { pid } = contender.running
  const before = readProcessCost(pid)
  const { requests, requestsPerSecond, p50Ms, p99Ms } = await load(trial, contender, roundSeconds)
  const after = readProcessCost(pid)
  const cpuUsPerRequest = (after.cpuUs - before.cpuUs) / requests
  const { residentBytes } = after
  const competitor = contender.competitor.name
  return { competitor, round, cpuUsPerRequest, requests, requestsPerSecond, p50Ms, p99Ms, residentBytes }
}

async function load(trial: Trial, { competitor, running }: Contender, seconds: number) {
  const key = trial.presents === 'key' ? running.key : wrongKey
  const seen = await runWrk(trial, running.port, key, seconds)
  const expectedRefusals = trial.status === 200 ? 0 : seen.requests
  if (seen.refused !== expectedRefusals || seen.socketErrors > 0) {
    throw new Error(
      `${competitor.name}, trial ${trial.name}: not every answer is ${trial.status}: ${JSON.stringify(seen)}`,
    )
  }
  return seen
}
