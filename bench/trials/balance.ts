import assert from 'node:assert/strict'
import type { Algorithm, Balancer } from '../../src/balance/algorithm.ts'
import { Candidates } from '../../src/balance/candidates.ts'
import { algorithms } from '../../src/balance/index.ts'
import { buildTable } from '../../src/balance/maglev.ts'
import { enter, inFlightColumns, leave } from '../../src/slab/gauges.ts'
import { observeLatency, readLatency } from '../../src/slab/latency.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { median } from '../figures.ts'
import type { Trial, TrialResult } from '../trial.ts'

const sizes = [10, 1_000]
const boundsUs = [0.5, 2]
const threads = 4
const firstSlot = 100
/** Requests under way, for each endpoint. */
const underWay = 3
const runsPerRound = 3
const msPerRun = 100

/** What a choice costs, apart from everything that a request costs. */
export const balance: Trial = {
  name: 'balance',
  summary:
    `one choice of an endpoint among 10 and among 1,000 of weights 1 to 4, with the counting that belongs to it; ` +
    `${underWay} requests under way at each on average, counted in ${threads} columns as ${threads} data threads do`,
  isAboutMtlb: true,
  run(bench) {
    const readings = Array.from({ length: bench.rounds * runsPerRound }, () => subjects.map(measure)).flat()
    const tableMs = Array.from({ length: bench.rounds * runsPerRound }, timeTable)
    return Promise.resolve(judge(readings, tableMs))
  },
}

interface Subject {
  readonly name: string
  readonly size: number
  readonly create: () => Rig
}

/** A balancer with the gauges that it reads. */
interface Rig {
  readonly balancer: Balancer
  readonly begin: (index: number, thread: number) => void
  readonly end: (index: number, thread: number) => void
}

interface Reading {
  readonly name: string
  readonly size: number
  readonly us: number
}

const subjects: readonly Subject[] = sizes.flatMap((size) => [
  ...algorithms.map((algorithm) => createSubject(algorithm.name, size, { algorithm })),
  createSubject('hash, --hash-load 1.25', size, { algorithm: findAlgorithm('hash'), loadFactor: 1.25 }),
  createSubject('round-robin, all weights differ', size, {
    algorithm: findAlgorithm('round-robin'),
    weightOf: (index) => index + 1,
  }),
])

interface SubjectOptions {
  readonly algorithm: Algorithm
  readonly loadFactor?: number
  readonly weightOf?: (index: number) => number
}

function createSubject(name: string, size: number, options: SubjectOptions): Subject {
  return { name, size, create: () => createRig(size, options) }
}

function findAlgorithm(name: string): Algorithm {
  const found = algorithms.find((algorithm) => algorithm.name === name)
  assert.ok(found)
  return found
}

function createRig(
  size: number,
  { algorithm, loadFactor, weightOf = (index) => (index % 4) + 1 }: SubjectOptions,
): Rig {
  const slab = createSlab({ threads, ringBytes: 65_536 })
  const slots = Array.from({ length: size }, (_, index) => firstSlot + index)
  for (const slot of slots) observeLatency(slab, slot, { us: 1_000 + slot, hasFailed: false, nowUs: nowUs() })
  const candidates = new Candidates({
    names: nameAll(size),
    weights: slots.map((_, index) => weightOf(index)),
    slots,
    inFlight: inFlightColumns(slab),
    latencyUs: (index) => readLatency(slab, slots[index], nowUs()),
  })
  return {
    balancer: algorithm.create(candidates, { seed: 1, loadFactor }),
    begin: (index, thread) => enter(slab, thread, slots[index]),
    end: (index, thread) => leave(slab, thread, slots[index]),
  }
}

/** Every choice is under way until as many have followed it as are under way in all. */
function measure({ name, size, create }: Subject): Reading {
  const { balancer, begin, end } = create()
  const held = new Int32Array(size * underWay).fill(-1)
  let choices = 0
  const choose = () => {
    const at = choices % held.length
    const thread = choices & (threads - 1)
    if (held[at] !== -1) end(held[at], at & (threads - 1))
    held[at] = balancer.pick(mayUseAny, Math.imul(choices, 0x9e3779b1) >>> 0)
    begin(held[at], thread)
    choices += 1
  }
  for (let count = 0; count < 20_000; count++) choose()
  const warm = choices
  const startedMs = performance.now()
  while (performance.now() - startedMs < msPerRun) for (let count = 0; count < 1_000; count++) choose()
  const us = ((performance.now() - startedMs) * 1_000) / (choices - warm)
  assert.ok(!held.includes(-1), `${name} finds an endpoint every time`)
  return { name, size, us }
}

function timeTable(): number {
  const names = nameAll(1_000)
  const startedMs = performance.now()
  buildTable(names, new Float64Array(names.length).fill(1))
  return performance.now() - startedMs
}

function judge(readings: readonly Reading[], tableMs: readonly number[]): TrialResult {
  const names = [...new Set(readings.map(({ name }) => name))]
  const figureOf = (name: string, size: number) =>
    median(readings.filter((reading) => reading.name === name && reading.size === size).map(({ us }) => us))
  const head = ['µs', ...sizes.map((size) => `of ${size.toLocaleString('en')}`)]
  const rows = names.map((name) => [name, ...sizes.map((size) => figureOf(name, size).toFixed(3))])
  return {
    table: [head, ...rows, ['a table of 1,000 endpoints, in ms', '', median(tableMs).toFixed(1)]],
    verdicts: sizes.map((size, index) => ({
      what: `the dearest choice of ${size.toLocaleString('en')}`,
      value: Math.max(...names.map((name) => figureOf(name, size))),
      unit: 'µs',
      bound: boundsUs[index],
      sense: 'at most',
    })),
    ratios: {},
    readings: [...readings, { tableMs }],
  }
}

function nameAll(size: number): string[] {
  return Array.from({ length: size }, (_, index) => `http://10.0.${index >> 8}.${index & 255}:8080`)
}

function nowUs(): number {
  return performance.now() * 1_000
}

function mayUseAny(): boolean {
  return true
}
