import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SlowStart } from '../../src/proxy/slow-start.ts'
import { hinder, hindrance, markRecovered, unhinder } from '../../src/slab/hindrances.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { createCandidates } from '../support/create-candidates.ts'
import { fakeClock } from '../support/fake-clock.ts'

function start() {
  const clock = fakeClock()
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const { candidates } = createCandidates([3, 1])
  const slowStart = new SlowStart({ slab, clock, slots: [4, 5], weights: [3, 1], durationMs: 10_000 })
  const shares = () => {
    slowStart.refresh(candidates)
    return [candidates.weights[0] / 20, candidates.weights[1] / 20]
  }
  return { clock, slab, candidates, shares }
}

test('who was always there has its weight', () => {
  assert.deepEqual(start().shares(), [3, 1])
})

test('who is back gets a growing part of its weight, and all of it in the end', () => {
  const { clock, slab, candidates, shares } = start()
  hinder(slab, 4, hindrance.unhealthy)
  clock.advance(60_000)
  unhinder(slab, 4, hindrance.unhealthy, clock.monotonicUs())
  assert.deepEqual(shares(), [3 / 20, 1])
  clock.advance(2_500)
  assert.deepEqual(shares(), [3 / 4, 1])
  clock.advance(5_000)
  assert.deepEqual(shares(), [9 / 4, 1])
  const version = candidates.weightsVersion
  clock.advance(499)
  shares()
  assert.equal(candidates.weightsVersion, version, 'between two steps nothing is worked out anew')
  clock.advance(2_001)
  assert.deepEqual(shares(), [3, 1])
  clock.advance(1_000_000)
  assert.deepEqual(shares(), [3, 1])
})

test('who is new ramps as who is back does', () => {
  const { clock, slab, shares } = start()
  shares()
  clock.advance(1)
  markRecovered(slab, 5, clock.monotonicUs())
  assert.deepEqual(shares(), [3, 1 / 20])
})
