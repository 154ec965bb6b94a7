import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { runFaultLoad } from '../../test/support/fault-load.ts'
import type { FaultLoad } from '../../test/support/fault-load.ts'
import { startFaultProxy } from '../../test/support/fault-proxy.ts'
import type { EndpointFault } from '../../test/support/fault-proxy.ts'
import { endpointFaults } from '../../test/support/endpoint-faults.ts'
import type { Bench } from '../bench.ts'
import { faultCompetitors } from '../fault-competitors.ts'
import type { FaultCompetitor, RunningFaultCompetitor } from '../fault-competitors.ts'
import { median } from '../figures.ts'
import { findMissing } from '../tools.ts'
import type { Verdict } from '../verdict.ts'
import type { Trial, TrialResult } from '../trial.ts'

const requests = 5_000
const perSecond = 1_500
const body = 'x'.repeat(2_000)
const pollEveryMs = 10

/** What clients see of an endpoint that goes wrong, and for how long. */
export const faults: Trial = {
  name: 'faults',
  summary:
    `one endpoint of three goes wrong under ${perSecond} requests a second, ${requests} in all; everybody retries what can be ` +
    'retried, gives an attempt 300 ms, and checks every 200 ms where it can',
  async run(bench) {
    const names = bench.competitors.map(({ name }) => name)
    const taking = faultCompetitors.filter(
      ({ name, needs }) => names.includes(name) && findMissing(needs) === undefined,
    )
    const readings: Reading[] = []
    for (let round = 1; round <= bench.rounds; round++) {
      for (const [fault, kind] of endpointFaults) {
        for (const competitor of taking) readings.push({ fault, ...(await runOnce(bench, competitor, kind)) })
      }
    }
    return judge(readings)
  },
}

interface Reading {
  readonly fault: string
  readonly competitor: string
  readonly failed: number
  /** Sent after it was found out. */
  readonly failedAfter: number
  readonly slowestMs: number
  /** NaN: it was not. */
  readonly detectionMs: number
}

async function runOnce(
  bench: Bench,
  competitor: FaultCompetitor,
  fault: EndpointFault,
): Promise<Omit<Reading, 'fault'>> {
  const origins = await Promise.all([0, 1, 2].map(startOrigin))
  const sick = await startFaultProxy(portOf(origins[0]))
  const running = await competitor.start(bench.createFolder(competitor.name), [
    sick.port,
    portOf(origins[1]),
    portOf(origins[2]),
  ])
  try {
    const load = { port: running.port, perSecond, connections: 64, body }
    await runFaultLoad({ ...load, requests: 300 })
    const brokenMs = Date.now()
    await sick.set(fault)
    const watch = watchDetection(running)
    const during = await runFaultLoad({ ...load, requests })
    const detectedMs = await watch.stop()
    return { competitor: competitor.name, ...describe(during, brokenMs, detectedMs) }
  } finally {
    sick.close()
    await running.stop()
    for (const origin of origins) {
      origin.closeAllConnections()
      origin.close()
    }
  }
}

function describe({ failed, slowestMs }: FaultLoad, brokenMs: number, detectedMs: number) {
  return {
    failed: failed.length,
    failedAfter: failed.filter(({ sentMs }) => sentMs > detectedMs).length,
    slowestMs,
    detectionMs: detectedMs - brokenMs,
  }
}

/** Asks again and again; `stop` tells when the answer was yes first, NaN for never. */
function watchDetection(running: RunningFaultCompetitor) {
  const stopping = new AbortController()
  const look = async () => {
    for (; !stopping.signal.aborted; await delay(pollEveryMs)) if (await running.hasDetected()) return Date.now()
    return NaN
  }
  const looking = look()
  const stop = () => {
    stopping.abort()
    return looking
  }
  return { stop }
}

async function startOrigin(): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => void response.end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function judge(readings: readonly Reading[]): TrialResult {
  const groups = Map.groupBy(readings, ({ fault, competitor }) => `${fault}\n${competitor}`)
  const rows = Array.from(groups.values(), (group) => [
    group[0].fault,
    group[0].competitor,
    ...(['failed', 'failedAfter', 'slowestMs'] as const).map((key) => median(group.map((one) => one[key])).toFixed(0)),
    renderDetection(group),
  ])
  return {
    table: [['One endpoint', '', 'Failed', 'of them later', 'Slowest, ms', 'Found out after, ms'], ...rows],
    verdicts: judgeOurs(readings.filter(({ competitor }) => competitor === 'mtlb')),
    ratios: {},
    readings,
  }
}

function judgeOurs(readings: readonly Reading[]): readonly Verdict[] {
  if (readings.length === 0) return []
  const failedAfter = Math.max(...readings.map((one) => one.failedAfter))
  const latest = Math.max(...readings.map(({ detectionMs }) => (Number.isNaN(detectionMs) ? Infinity : detectionMs)))
  return [
    { what: 'failed once it was found out, mtlb', value: failedAfter, unit: '', bound: 0, sense: 'at most' },
    { what: 'found out after, mtlb', value: latest, unit: 'ms', bound: 1_000, sense: 'at most' },
  ]
}

function renderDetection(group: readonly Reading[]): string {
  const found = group.map(({ detectionMs }) => detectionMs).filter((ms) => !Number.isNaN(ms))
  return found.length < group.length ? (found.length === 0 ? 'never' : 'not always') : median(found).toFixed(0)
}
