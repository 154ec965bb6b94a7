import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { PoolQueues } from '../../src/proxy/pool-queues.ts'
import type { Waiting } from '../../src/proxy/pool-queues.ts'
import { countQueued, enterQueue, setFirstInQueue } from '../../src/slab/pool-queue.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { zeroThread } from '../../src/slab/zero-thread.ts'
import { eventually } from '../support/eventually.ts'
import { fakeClock } from '../support/fake-clock.ts'

const slot = 7
const place = { slot, flow: undefined }

/** Two threads' queues of one pool with so many free places; what waits is known by its name. */
function start(t: TestContext, { queue = 10 } = {}) {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const clock = fakeClock()
  const queues = [0, 1].map((thread) => new PoolQueues(slab, thread, clock))
  // Whoever waits still waits no more.
  t.after(() => clock.advance(10_000))
  const started: string[] = []
  const late: string[] = []
  const state = { places: 0 }
  const join = (thread: number, name: string) => {
    clock.advance(1)
    const waiting: Waiting = {
      queuedUs: 0,
      startWaiting: () => {
        if (state.places === 0) return false
        state.places -= 1
        started.push(name)
        queues[thread].leave(waiting, place)
        return true
      },
      onQueueTimeout: () => {
        late.push(name)
        queues[thread].leave(waiting, place)
      },
    }
    return queues[thread].join(waiting, { ...place, queue, queueTimeoutMs: 1_000 }) ? waiting : undefined
  }
  const free = (thread: number) => {
    state.places += 1
    queues[thread].placeFreed(place)
  }
  return { slab, clock, queues, started, late, join, free }
}

test('who has waited for longest is served first, in whichever thread it waits and whoever frees a place', async (t) => {
  const { join, free, started, queues } = start(t)
  for (const [thread, name] of [
    [0, 'a'],
    [1, 'b'],
    [1, 'c'],
    [0, 'd'],
  ] as const)
    assert.ok(join(thread, name))
  for (const thread of [1, 1, 0, 0]) {
    const before = started.length
    free(thread)
    await eventually(() => started.length === before + 1)
  }
  assert.deepEqual(started, ['a', 'b', 'c', 'd'])
  assert.ok(!queues[0].hasWaiting(slot))
})

test('over all threads no more wait than may', async (t) => {
  const { join, queues, late, clock } = start(t, { queue: 2 })
  assert.ok(join(0, 'a') && join(1, 'b'))
  assert.equal(join(0, 'c') ?? join(1, 'c'), undefined)
  assert.ok(queues[0].hasWaiting(slot) && queues[1].hasWaiting(slot))
  clock.advance(1_001)
  await eventually(() => late.length === 2)
})

test('who waits too long is told so, and who came later waits on', async (t) => {
  const { join, free, started, late, clock } = start(t)
  join(0, 'a')
  clock.advance(600)
  join(0, 'b')
  clock.advance(500)
  await eventually(() => late.length > 0)
  free(1)
  await eventually(() => started.length > 0)
  assert.deepEqual([late, started], [['a'], ['b']])
})

test('who goes away makes room for the next, and a thread that dies holds up nobody', async (t) => {
  const { slab, join, free, started, queues } = start(t)
  const gone = join(0, 'gone')!
  // What a thread leaves behind that dies with somebody waiting.
  enterQueue(slab, 1, slot, 10)
  setFirstInQueue(slab, 1, slot, { key: 0, sinceUs: 2 })
  join(0, 'b')
  queues[0].leave(gone, place)
  assert.equal(countQueued(slab, slot), 2)
  zeroThread(slab, 1)
  free(0)
  await eventually(() => started.length > 0)
  assert.equal(started[0], 'b')
})
