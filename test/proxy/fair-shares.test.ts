import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { PoolQueues } from '../../src/proxy/pool-queues.ts'
import type { Waiting } from '../../src/proxy/pool-queues.ts'
import { chargeFlow, flowKey, joinFlow, settleFlow } from '../../src/slab/fair-queue.ts'
import type { Flow } from '../../src/slab/fair-queue.ts'
import { enter, inFlight, leave } from '../../src/slab/gauges.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { fakeClock } from '../support/fake-clock.ts'

const poolSlot = 7

interface Tenant {
  readonly weight?: number
  readonly guarantee?: number
  /** How long its requests hold a place. */
  readonly ms?: number
  /** Requests that it always has waiting or under way. */
  readonly backlog: number
}

interface Job {
  readonly name: string
  readonly thread: number
  readonly flow: Flow
  readonly costUs: number
  readonly endsMs: number
}

/** So many places of a shared pool for so long, with tenants whose requests come to either of two threads by turns. */
async function simulate(t: TestContext, tenants: Readonly<Record<string, Tenant>>, { places = 4, ms = 2_000 } = {}) {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const clock = fakeClock()
  const queues = [0, 1].map((thread) => new PoolQueues(slab, thread, clock))
  // Whoever waits still waits no more.
  clock.advance(1)
  t.after(() => clock.advance(1e9))
  const names = Object.keys(tenants)
  const flows = names.map((name, index) => {
    const { weight = 1, guarantee = 0 } = tenants[name]
    return { slot: 10 + index, poolSlot, weight, guarantee, places }
  })
  const running = new Set<Job>()
  const backlog = names.map(() => 0)
  const served = names.map(() => 0)
  let nowMs = 0
  const enough = 1e6
  const arrive = (index: number, thread: number) => {
    const name = names[index]
    const flow = flows[index]
    const start = () => {
      const costUs = chargeFlow(slab, thread, flow)
      enter(slab, thread, flow.slot)
      running.add({ name, thread, flow, costUs, endsMs: nowMs + (tenants[name].ms ?? 10) })
    }
    backlog[index] += 1
    if (running.size < places && !queues[thread].hasWaiting(poolSlot)) return start()
    const waiting: Waiting = {
      queuedUs: 0,
      startWaiting: () => {
        if (running.size >= places) return false
        queues[thread].leave(waiting, { slot: poolSlot, flow })
        start()
        return true
      },
      onQueueTimeout: () => queues[thread].leave(waiting, { slot: poolSlot, flow }),
    }
    assert.ok(queues[thread].join(waiting, { slot: poolSlot, queue: enough, queueTimeoutMs: enough, flow }))
  }
  for (; nowMs < ms; nowMs++) {
    for (const job of running) {
      if (job.endsMs > nowMs) continue
      running.delete(job)
      const index = names.indexOf(job.name)
      leave(slab, job.thread, job.flow.slot)
      const heldUs = (tenants[job.name].ms ?? 10) * 1_000
      settleFlow(slab, job.thread, job.flow, { costUs: job.costUs, heldUs })
      backlog[index] -= 1
      served[index] += 1
      queues[job.thread].placeFreed({ slot: poolSlot, flow: job.flow })
    }
    for (const [index, name] of names.entries()) {
      while (backlog[index] < tenants[name].backlog) arrive(index, (served[index] + backlog[index]) % 2)
    }
    clock.advance(1)
    // Both threads look, and tell each other, before anything else happens.
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(
    flows.reduce((sum, flow) => sum + inFlight(slab, flow.slot), 0),
    running.size,
  )
  return Object.fromEntries(names.map((name, index) => [name, served[index]]))
}

test('a tenant that floods gets its half and no more', async (t) => {
  const { flood, quiet } = await simulate(t, { flood: { backlog: 80 }, quiet: { backlog: 4 } })
  assert.ok(Math.abs(quiet / flood - 1) < 0.05, `${quiet} of the quiet one, ${flood} of the other`)
})

test('a tenant whose requests take long gets as much time, and so fewer of them', async (t) => {
  const { slow, fast } = await simulate(t, { slow: { backlog: 50, ms: 50 }, fast: { backlog: 50, ms: 5 } })
  assert.ok(Math.abs((slow * 50) / (fast * 5) - 1) < 0.1, `${slow} slow ones, ${fast} fast ones`)
})

test('weights of 4, 2 and 1 are what tenants get', async (t) => {
  const backlog = 40
  const { a, b, c } = await simulate(t, { a: { backlog, weight: 4 }, b: { backlog, weight: 2 }, c: { backlog } })
  assert.ok(Math.abs(a / c / 4 - 1) < 0.05 && Math.abs(b / c / 2 - 1) < 0.05, `${a} : ${b} : ${c}`)
})

test('alone a tenant gets everything, whatever its weight', async (t) => {
  const { only } = await simulate(t, { only: { backlog: 40 }, other: { backlog: 0, weight: 100, guarantee: 3 } })
  assert.ok(only > 780, String(only))
})

test('what is guaranteed is there against any weight, and what is beyond is shared', async (t) => {
  const { heavy, sure } = await simulate(t, {
    heavy: { backlog: 80, weight: 100 },
    sure: { backlog: 40, guarantee: 2 },
  })
  const share = sure / (heavy + sure)
  assert.ok(share > 0.47 && share < 0.56, `${share} of four places, two guaranteed`)
})

test('ten equal tenants have equal parts, whatever they ask for', async (t) => {
  const tenants = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`t${at}`, { backlog: 8 * (at + 1) }]))
  const parts = Object.values(await simulate(t, tenants, { places: 7, ms: 3_000 }))
  const index = parts.reduce((sum, part) => sum + part, 0) ** 2 / (10 * parts.reduce((sum, part) => sum + part ** 2, 0))
  assert.ok(index > 0.99, `Jain's index ${index} of ${parts.join(' ')}`)
})

test('a burst of who has had less of late fills all places once before it waits for its part', () => {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const places = 4
  const [busy, late] = [10, 11].map((slot) => ({ slot, poolSlot, weight: 1, guarantee: 0, places }))
  const use = (flow: Flow) => settleFlow(slab, 0, flow, { costUs: chargeFlow(slab, 0, flow), heldUs: 1_000 })
  for (let request = 0; request < 1_000; request++) use(busy)
  joinFlow(slab, 0, late)
  let inARow = 0
  for (; flowKey(slab, late) < flowKey(slab, busy); inARow++) use(late)
  assert.equal(inARow, places + 1)
})
