import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enter, inFlight, leave } from '../../src/slab/gauges.ts'
import { zeroThread } from '../../src/slab/zero-thread.ts'
import { mostThreads } from '../../src/slab/layout.ts'
import { attachSlab, createSlab } from '../../src/slab/slab.ts'
import { statsAt } from '../../src/slab/stats.ts'
import { addToThreadCell, countMissingRecords, readThreadCell, threadCell } from '../../src/slab/thread-cells.ts'

for (const threads of [2, 16]) {
  test(`a slab for ${threads} threads costs next to no memory before it is used`, () => {
    const before = process.memoryUsage().rss
    const slab = createSlab({ threads })
    attachSlab(slab.shared)
    assert.ok(slab.shared.buffer.byteLength > threads * 128 * 2 ** 20)
    assert.ok(process.memoryUsage().rss - before < 8 * 2 ** 20)
  })
}

test('views do not overlap and cover the buffer to its end', () => {
  const { shared, ...slab } = createSlab({ threads: 3, ringBytes: 65_536 })
  const { layout } = shared
  const views = [slab.limits, slab.latencies, slab.gauges, slab.gaugeMoves, slab.threadCells, slab.ringPositions]
  let end = 0
  for (const view of views) {
    assert.ok(view.byteOffset >= end)
    end = view.byteOffset + view.byteLength
  }
  assert.ok(layout.ringsAt >= end)
  assert.equal(layout.statsAt, layout.ringsAt + 3 * 65_536)
  assert.equal(slab.counts.byteOffset + slab.counts.byteLength, slab.reasons.byteOffset)
  assert.equal(slab.reasons.byteOffset + slab.reasons.byteLength, layout.byteLength)
  assert.equal(slab.bytes.byteOffset, slab.counts.byteOffset)
})

test('a ring whose size is no power of two is refused', () => {
  for (const ringBytes of [0, 4_096, 100_000, 2 ** 31]) {
    assert.throws(() => createSlab({ threads: 1, ringBytes }), RangeError)
  }
})

test('every counter of the largest slab can be reached by 32 bits, and a larger one is refused', () => {
  const slab = createSlab({ threads: mostThreads, ringBytes: 65_536 })
  assert.ok(statsAt(slab, mostThreads - 1, slab.capacity - 1) < 2 ** 32)
  assert.throws(() => createSlab({ threads: mostThreads + 1, ringBytes: 65_536 }), RangeError)
})

test('in flight is the sum of all threads, and a dead thread gives its share back', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  enter(slab, 0, 9)
  enter(slab, 1, 9)
  enter(slab, 1, 9)
  leave(slab, 0, 9)
  enter(slab, 0, 9)
  addToThreadCell(slab, 1, threadCell.connections, 2)
  assert.equal(inFlight(slab, 9), 3)
  zeroThread(slab, 1)
  assert.equal(inFlight(slab, 9), 1)
  assert.equal(readThreadCell(slab, 1, threadCell.connections), 0)
})

test('records that are missing are summed over threads and reasons', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  addToThreadCell(slab, 0, threadCell.dropped, 2)
  addToThreadCell(slab, 1, threadCell.dropped, 3)
  addToThreadCell(slab, 1, threadCell.lost, 4)
  zeroThread(slab, 1)
  assert.equal(countMissingRecords(slab), 9)
})
