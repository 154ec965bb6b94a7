import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createSlab } from '../../src/slab/slab.ts'
import type { BalancingData } from '../support/balancing-thread.ts'
import { supportModule } from '../support/support-module.ts'

const threads = 4

test('round-robin keeps to the weights within 1 % over four threads', async () => {
  const weights = [5, 1, 1, 3, 10]
  const picks = 2_500
  const counts = await balance({ algorithm: 'round-robin', weights, picks, turn: undefined })
  for (const [index, weight] of weights.entries()) {
    const expected = (weight / 20) * picks * threads
    assert.ok(Math.abs(counts[index] - expected) <= expected * 0.01, counts.join())
  }
})

for (const size of [20, 300]) {
  test(`least-connections of ${size} finds the least over four threads at every pick`, async () => {
    const weights = Array.from({ length: size }, (_, index) => (index % 3) + 1)
    const turn = new SharedArrayBuffer(4)
    const counts = await balance({ algorithm: 'least-connections', weights, picks: 500, turn })
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      500 * threads,
    )
  })

  test(`least-connections of ${size} levels what four threads take at once`, async () => {
    const weights = Array.from({ length: size }, () => 1)
    const picks = 50 * size
    const counts = await balance({ algorithm: 'least-connections', weights, picks, turn: undefined })
    // Who decides at the same moment as the three others does not see them.
    assert.ok(
      Math.max(...counts) - Math.min(...counts) <= 2 * threads,
      `${Math.min(...counts)}, ${Math.max(...counts)}`,
    )
  })
}

/** How often each was picked, by all threads together. */
async function balance(data: Omit<BalancingData, 'slab' | 'thread'>): Promise<number[]> {
  const slab = createSlab({ threads, ringBytes: 65_536 })
  const all = await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const workerData: BalancingData = { ...data, slab: slab.shared, thread }
      const [counts] = await once(new Worker(supportModule('balancing-thread'), { workerData }), 'message')
      return counts as number[]
    }),
  )
  return data.weights.map((_, index) => all.reduce((sum, counts) => sum + counts[index], 0))
}
