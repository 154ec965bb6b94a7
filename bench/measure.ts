import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Contender } from './bench.ts'
import { readProcessCost } from './process-cost.ts'
import { renderRequest } from './render-request.ts'
import type { WrkRequest } from './render-request.ts'
import { runWrk } from './wrk.ts'
import type { WrkReport } from './wrk.ts'

/** What is put to every contender alike. */
export interface Load {
  readonly connections: number
  /** Sent in turn. */
  readonly requests: readonly WrkRequest[]
  /** Every single answer must have it; a limit may admit a few. */
  readonly status: 200 | 401 | 429
  /** How long a connection rests before each request, on average; not at all unless given. */
  readonly pauseMs?: number
}

/** One contender in one round. */
export interface Measurement {
  readonly name: string
  readonly round: number
  readonly cpuUsPerRequest: number
  /** Of the data threads alone; 0 where there are none. */
  readonly dataCpuUsPerRequest: number
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly residentBytes: number
}

const warmUpSeconds = 1
const mostAdmitted = 3

/** All contenders in turns, round by round. One whose answers are not what they should be is left out, with a failure. */
export async function measureLoad(bench: Bench, contenders: readonly Contender[], load: Load): Promise<Measurement[]> {
  const run = prepareRun(bench, load)
  return measureRuns(bench, new Map(contenders.map((contender) => [contender, run])))
}

/** The same with a load for each. */
export async function measureRuns(bench: Bench, runs: ReadonlyMap<Contender, LoadRun>): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  const left = new Map(runs)
  const attempt = async (contender: Contender, action: () => Promise<unknown>) => {
    try {
      await action()
    } catch (error) {
      left.delete(contender)
      bench.fail(`${contender.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  for (const [contender, run] of left) {
    await attempt(contender, () => runLoad(contender.running.port, { ...run, seconds: warmUpSeconds }))
  }
  for (let round = 1; round <= bench.rounds; round++) {
    for (const [contender, run] of left) {
      await attempt(contender, async () => {
        measurements.push({ name: contender.name, round, ...(await measureOnce(contender, run)) })
      })
    }
  }
  const complete = new Set(Array.from(left.keys(), ({ name }) => name))
  return measurements.filter(({ name }) => complete.has(name))
}

/** A load with its file of requests for `wrk.lua`. */
export interface LoadRun extends Load {
  readonly requestsPath: string
  readonly seconds: number
}

export function prepareRun(bench: Bench, load: Load): LoadRun {
  const requestsPath = join(bench.createFolder('requests'), 'requests')
  const rendered = load.requests.map(renderRequest)
  writeFileSync(requestsPath, rendered.map((request) => `${request.length}\n${request}`).join(''), 'latin1')
  return { ...load, requestsPath, seconds: bench.seconds }
}

/** Throws when answers are not what they should be. */
export async function runLoad(port: number, run: LoadRun): Promise<WrkReport> {
  const report = await runWrk({ ...run, port, pauseMs: run.pauseMs ?? 0 })
  const { requests, refused, socketErrors } = report
  const isExpected = run.status === 200 ? refused === 0 : refused >= requests - (run.status === 429 ? mostAdmitted : 0)
  if (isExpected && socketErrors === 0 && requests > 0) return report
  throw new Error(`not every answer is ${run.status}: ${JSON.stringify(report)}`)
}

async function measureOnce(contender: Contender, run: LoadRun): Promise<Omit<Measurement, 'name' | 'round'>> {
  const { pid, port } = contender.running
  const before = readProcessCost(pid)
  const { requests, requestsPerSecond, p50Ms, p99Ms } = await runLoad(port, run)
  const after = readProcessCost(pid)
  const cpuUsPerRequest = (after.cpuUs - before.cpuUs) / requests
  const dataCpuUsPerRequest = (after.dataCpuUs - before.dataCpuUs) / requests
  const { residentBytes } = after
  return { cpuUsPerRequest, dataCpuUsPerRequest, requests, requestsPerSecond, p50Ms, p99Ms, residentBytes }
}
