import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Heartbeats } from '../../src/control/heartbeats.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { addToThreadCell, threadCell } from '../../src/slab/thread-cells.ts'

test('a thread hangs when ten looks in a row see no heartbeat, and is reported once', () => {
  const { heartbeats, hung, look } = watch()
  look(10)
  assert.deepEqual(hung, [])
  look(1)
  assert.deepEqual(hung, [1])
  look(20)
  assert.deepEqual(hung, [1])
  assert.deepEqual([heartbeats.isDoubtful(0), heartbeats.isDoubtful(1)], [false, true])
})

test('one heartbeat ends a silence', () => {
  const { heartbeats, hung, beat, look } = watch()
  look(9)
  assert.ok(heartbeats.isDoubtful(1))
  beat(1)
  look(10)
  assert.deepEqual(hung, [])
  look(1)
  assert.deepEqual(hung, [1])
})

test('a thread that is not watched owes no heartbeat', () => {
  const { heartbeats, hung, look } = watch({ isWatched: false })
  look(30)
  assert.deepEqual(hung, [])
  assert.ok(!heartbeats.isDoubtful(1))
})

/** Thread 0 beats before every look, thread 1 when told. */
function watch({ isWatched = true } = {}) {
  const slab = createSlab({ threads: 2 })
  const hung: number[] = []
  const heartbeats = new Heartbeats({
    slab,
    hangMs: 10_000,
    isWatched: () => isWatched,
    onHang: (thread) => hung.push(thread),
  })
  const beat = (thread: number) => addToThreadCell(slab, thread, threadCell.heartbeat, 1)
  const look = (times: number) => {
    for (let time = 0; time < times; time++) {
      beat(0)
      heartbeats.look()
    }
  }
  return { heartbeats, hung, beat, look }
}
