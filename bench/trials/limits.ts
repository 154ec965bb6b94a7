import assert from 'node:assert/strict'
import { createLimitSet, buildLimit } from '../../src/proxy/limit-runtime.ts'
import type { LimitRuntime } from '../../src/proxy/limit-runtime.ts'
import { leaveLimits, takeLimits } from '../../src/proxy/limits.ts'
import { renderLimitFields } from '../../src/proxy/render-limit-fields.ts'
import { globalLimitLock, limitLockOf } from '../../src/slab/limit-locks.ts'
import { createSlab } from '../../src/slab/slab.ts'
import type { LimitSnapshot } from '../../src/snapshot/tenant-snapshot.ts'
import { createLimited } from '../../test/support/create-limited.ts'
import { median } from '../figures.ts'
import type { Trial, TrialResult } from '../trial.ts'

const boundUs = 0.8
const runsPerRound = 5
const msPerRun = 100
/** Addresses in turn, as many as a busy tenant has clients. */
const clients = 10_000

/** What limits cost a request, apart from everything else that it costs. */
export const limits: Trial = {
  name: 'limits',
  summary:
    `all that limits do for one request: none, rates on one to four levels, ${clients.toLocaleString('en')} clients with a bucket ` +
    'each, quotas; with the fields that tell the client',
  isAboutMtlb: true,
  run(bench) {
    const readings = Array.from({ length: bench.rounds * runsPerRound }, () => subjects.map(measure)).flat()
    return Promise.resolve(judge(readings))
  },
}

interface Subject {
  readonly name: string
  readonly limits: readonly LimitSnapshot[]
  readonly isGlobal: boolean
}

const rate = { count: 1_000_000_000, periodMs: 1_000, burst: 1_000_000_000 }
const nothing = {
  per: undefined,
  rate: undefined,
  concurrency: 0,
  bandwidth: 0,
  connectionBandwidth: 0,
  maxBodyBytes: undefined,
  isShadow: false,
  maxWaitMs: 0,
  quotas: [],
}

function createRate(id: number, target: string, per?: string): LimitSnapshot {
  return { id, target, level: 'tenant', targetId: 0, ...nothing, per, rate }
}

const [tenant, route, key] = ['tenant', 'route:api', 'key:ci'].map((target, index) => createRate(index + 1, target))
const client = createRate(4, 'tenant/client', 'client')
const quota = { unit: 'requests', amount: 1e15, period: 'month', timeZone: 'Europe/Berlin' } as const
const dearest = 'rates of all, tenant, route and key, and of the client'

const subjects: readonly Subject[] = [
  { name: 'no limit', limits: [], isGlobal: false },
  { name: 'rate of the tenant', limits: [tenant], isGlobal: false },
  { name: 'rates of tenant, route and key', limits: [tenant, route, key], isGlobal: false },
  { name: 'rates of all, tenant, route and key', limits: [tenant, route, key], isGlobal: true },
  { name: dearest, limits: [tenant, route, key, client], isGlobal: true },
  { name: 'quota of the tenant', limits: [{ ...tenant, rate: undefined, quotas: [quota] }], isGlobal: false },
]

interface Reading {
  readonly name: string
  readonly us: number
}

function measure({ name, limits: snapshots, isGlobal }: Subject): Reading {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const build = (snapshot: LimitSnapshot): LimitRuntime =>
    buildLimit(snapshot, { slot: snapshot.id, quotas: [snapshot.id], lock: limitLockOf(0) })
  const set = createLimitSet(snapshots.map(build), limitLockOf(0))
  const globalLimit = isGlobal ? buildLimit(createRate(9, 'global'), { slot: 9, lock: globalLimitLock }) : undefined
  const addresses = Array.from({ length: clients }, (_, index) => `10.${index >> 8}.${index & 255}.7`)
  let count = 0
  const once = () => {
    const openedUs = performance.now() * 1_000
    const exchange = createLimited(slab, {
      thread: 0,
      openedUs,
      clientAddress: addresses[count % clients],
      globalLimit,
    })
    count += 1
    if (set.limits.length === 0 && globalLimit === undefined) return
    assert.equal(takeLimits(exchange, set), undefined)
    renderLimitFields(exchange, set)
    leaveLimits(exchange)
  }
  for (let warming = 0; warming < 50_000; warming++) once()
  const warm = count
  const startedMs = performance.now()
  while (performance.now() - startedMs < msPerRun) for (let times = 0; times < 1_000; times++) once()
  return { name, us: ((performance.now() - startedMs) * 1_000) / (count - warm) }
}

function judge(readings: readonly Reading[]): TrialResult {
  const figureOf = (name: string) => median(readings.filter((reading) => reading.name === name).map(({ us }) => us))
  const none = figureOf(subjects[0].name)
  return {
    table: [
      ['µs more than without a limit', ''],
      ...subjects.slice(1).map(({ name }) => [name, (figureOf(name) - none).toFixed(3)]),
    ],
    verdicts: [{ what: dearest, value: figureOf(dearest) - none, unit: 'µs', bound: boundUs, sense: 'at most' }],
    ratios: {},
    readings,
  }
}
