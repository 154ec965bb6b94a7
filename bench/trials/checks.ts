import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { createChecks, localUrls } from '../../test/support/create-checks.ts'
import { median } from '../figures.ts'
import { startNginx } from '../nginx.ts'
import type { Trial, TrialResult } from '../trial.ts'

const endpoints = 2_000
const intervalMs = 2_000
const boundPercent = 5

/** What health checks cost the main thread. */
export const checks: Trial = {
  name: 'checks',
  summary:
    `${endpoints.toLocaleString('en')} endpoints, each checked every ${intervalMs / 1_000} s over a connection of its own; ` +
    'origin on another core of the same machine',
  isAboutMtlb: true,
  async run(bench) {
    // Of all addresses of this machine: each endpoint has one.
    const { port } = await startNginx({
      folder: bench.createFolder('checked'),
      http: (free) => `server { listen ${free} backlog=4096; location / { return 200 'ok'; } }`,
    })
    const readings: Reading[] = []
    for (let round = 0; round < bench.rounds; round++) {
      for (const kind of ['tcp', 'http'] as const) readings.push(await measure(kind, port))
    }
    return judge(readings)
  },
}

interface Reading {
  readonly kind: 'tcp' | 'http'
  /** Of one core. */
  readonly percent: number
  readonly usEach: number
}

async function measure(kind: Reading['kind'], port: number): Promise<Reading> {
  const health = { health: kind, healthIntervalMs: intervalMs, healthTimeoutMs: 2_000 } as const
  const { checks, findings } = createChecks(localUrls(endpoints, port), health)
  checks.start()
  await sleep(2 * intervalMs)
  const before = process.cpuUsage()
  const startedMs = performance.now()
  await sleep(3 * intervalMs)
  const { user, system } = process.cpuUsage(before)
  const elapsedMs = performance.now() - startedMs
  assert.ok(
    findings().every((found) => found?.last?.isHealthy === true),
    'every check is good',
  )
  checks.close()
  const percent = (user + system) / elapsedMs / 10
  return { kind, percent, usEach: ((user + system) * intervalMs) / elapsedMs / endpoints }
}

function judge(readings: readonly Reading[]): TrialResult {
  const of = (kind: string) => readings.filter((reading) => reading.kind === kind)
  const percentOf = (kind: string) => median(of(kind).map(({ percent }) => percent))
  return {
    table: [
      ['', '% of a core', 'µs a check'],
      ...['tcp', 'http'].map((kind) => [
        kind,
        percentOf(kind).toFixed(1),
        median(of(kind).map(({ usEach }) => usEach)).toFixed(1),
      ]),
    ],
    verdicts: ['tcp', 'http'].map((kind) => ({
      what: `${kind} checks`,
      value: percentOf(kind),
      unit: '% of a core',
      bound: boundPercent,
      sense: 'at most' as const,
    })),
    ratios: {},
    readings,
  }
}
