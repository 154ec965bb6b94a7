import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roundRobin } from '../../src/balance/round-robin.ts'
import { createCandidates, everyone } from '../support/create-candidates.ts'
import { seededRandom } from '../support/seeded-random.ts'

const options = { seed: 1 }

function picks(weights: readonly number[], count: number, mayUse = everyone as (index: number) => boolean): number[] {
  const balancer = roundRobin.create(createCandidates(weights).candidates, options)
  return Array.from({ length: count }, () => balancer.pick(mayUse, 0))
}

test('weights are interleaved: 3 and 1 give A A B A', () => {
  assert.equal(
    picks([3, 1], 8)
      .map((index) => 'AB'[index])
      .join(' '),
    'A A B A A A B A',
  )
  assert.equal(
    picks([5, 1, 1], 7)
      .map((index) => 'ABC'[index])
      .join(' '),
    'A A B A C A A',
  )
})

test('equals take turns, and so do those that are left when others may not be used', () => {
  assert.deepEqual(picks([1, 1, 1], 6), [0, 1, 2, 0, 1, 2])
  const seen = picks([1, 1, 1, 1], 100, (index) => index > 1)
  assert.equal(seen.filter((index) => index === 2).length, 50)
  assert.equal(seen.filter((index) => index === 3).length, 50)
})

test('the order is that of a purse for everybody, whatever the weights', () => {
  const random = seededRandom(3)
  for (let round = 0; round < 50; round += 1) {
    const weights = Array.from({ length: 1 + random.below(30) }, () => random.below(6))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    if (total > 0) assert.deepEqual(picks(weights, total * 2 + 5), smoothOrder(weights, total * 2 + 5), weights.join())
  }
})

test('the order is the same for many weights, which are not all looked at', () => {
  const random = seededRandom(4)
  for (const size of [70, 300]) {
    const weights = Array.from({ length: size }, () => random.below(1_001))
    assert.deepEqual(picks(weights, 5_000), smoothOrder(weights, 5_000))
  }
  const rising = Array.from({ length: 100 }, (_, index) => index + 1)
  assert.deepEqual(picks(rising, 11_000), smoothOrder(rising, 11_000))
})

test('the weights are kept to over any whole turn', () => {
  const weights = [7, 1, 0, 12, 1_000]
  const counts = weights.map(() => 0)
  for (const index of picks(weights, 1_020)) counts[index] += 1
  assert.deepEqual(counts, weights)
})

test('the light ones keep to their weights while a heavy one may not be used', () => {
  const counts = [0, 0, 0]
  for (const index of picks([1_000, 3, 1], 4_000, (index) => index > 0)) counts[index] += 1
  assert.equal(counts[0], 0)
  assert.ok(Math.abs(counts[1] - 3_000) <= 4, counts.join())
})

test('one that is back has nothing to make up for', () => {
  const balancer = roundRobin.create(createCandidates([1, 1, 1]).candidates, options)
  for (let pick = 0; pick < 300; pick += 1) balancer.pick((index) => index > 0, 0)
  const after = Array.from({ length: 30 }, () => balancer.pick(everyone, 0))
  assert.equal(after.filter((index) => index === 0).length, 10)
})

test('weights that change after every pick favour nobody', () => {
  const { candidates } = createCandidates([1, 1, 1, 1])
  const balancer = roundRobin.create(candidates, options)
  const counts = [0, 0, 0, 0]
  for (let pick = 1; pick <= 400; pick += 1) {
    counts[balancer.pick(everyone, 0)] += 1
    for (let index = 0; index < 4; index += 1) candidates.setWeight(index, pick)
  }
  assert.deepEqual(counts, [100, 100, 100, 100])
})

/** As nginx has it, word by word. */
function smoothOrder(weights: readonly number[], count: number): number[] {
  const credits = weights.map(() => 0)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Array.from({ length: count }, () => {
    let best = -1
    for (const [index, weight] of weights.entries()) {
      if (weight === 0) continue
      credits[index] += weight
      if (best === -1 || credits[index] > credits[best]) best = index
    }
    credits[best] -= total
    return best
  })
}
