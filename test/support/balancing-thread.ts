import assert from 'node:assert/strict'
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { Candidates } from '../../src/balance/candidates.ts'
import { algorithms } from '../../src/balance/index.ts'
import { enter, inFlight, inFlightColumns, leave } from '../../src/slab/gauges.ts'
import { attachSlab } from '../../src/slab/slab.ts'
import type { SharedSlab } from '../../src/slab/slab.ts'
import { everyone } from './create-candidates.ts'
import { seededRandom } from './seeded-random.ts'

export interface BalancingData {
  readonly slab: SharedSlab
  readonly thread: number
  readonly algorithm: string
  readonly weights: readonly number[]
  readonly picks: number
  /** One word: whose turn it is. Undefined: everybody goes on at once, and what is picked stays under way. */
  readonly turn: SharedArrayBuffer | undefined
}

const firstSlot = 100
const data = workerData as BalancingData
const { thread, weights, picks } = data
const slab = attachSlab(data.slab)
const slots = weights.map((_, index) => firstSlot + index)
const candidates = new Candidates({
  names: weights.map((_, index) => `http://10.0.0.${index}:80`),
  weights,
  slots,
  inFlight: inFlightColumns(slab),
  latencyUs: () => 0,
})
const balancer = algorithms.find(({ name }) => name === data.algorithm)!.create(candidates, { seed: threadId })
const counts = weights.map(() => 0)
if (data.turn === undefined) pickAtOnce()
else pickInTurn(new Int32Array(data.turn))
parentPort?.postMessage(counts)

function pickAtOnce(): void {
  for (let pick = 0; pick < picks; pick += 1) take(balancer.pick(everyone, 0))
}

/** Between two turns nothing moves, so that what every thread has under way can be compared with what was picked. */
function pickInTurn(turn: Int32Array): void {
  const random = seededRandom(thread)
  const mine: number[] = []
  for (let pick = 0; pick < picks; pick += 1) {
    for (let now = Atomics.load(turn, 0); now !== thread; now = Atomics.load(turn, 0)) Atomics.wait(turn, 0, now)
    const loads = slots.map((slot, index) => (inFlight(slab, slot) + 1) / weights[index])
    const picked = balancer.pick(everyone, 0)
    assert.equal(loads[picked], Math.min(...loads))
    take(picked)
    mine.push(picked)
    if (random.below(10) < 4) leave(slab, thread, slots[mine.splice(random.below(mine.length), 1)[0]])
    Atomics.store(turn, 0, (thread + 1) % slab.threads)
    Atomics.notify(turn, 0)
  }
}

function take(index: number): void {
  enter(slab, thread, slots[index])
  counts[index] += 1
}
