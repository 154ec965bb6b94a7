import assert from 'node:assert/strict'
import { test } from 'node:test'
import { algorithms } from '../../src/balance/index.ts'
import { leastConnections } from '../../src/balance/least-connections.ts'
import { roundRobin } from '../../src/balance/round-robin.ts'

const everyone = () => true

for (const algorithm of algorithms) {
  const picks = (weights: readonly number[], count: number, mayUse: (index: number) => boolean = everyone) => {
    const balancer = algorithm.create(weights.map((weight) => ({ weight, inFlight: () => 0 })))
    return Array.from({ length: count }, () => balancer.pick(mayUse))
  }

  test(`${algorithm.name}: none is picked of none, of those that drain, or of those that may not be used`, () => {
    assert.deepEqual(picks([], 1), [-1])
    assert.deepEqual(picks([0, 0], 2), [-1, -1])
    assert.deepEqual(
      picks([1, 1], 1, () => false),
      [-1],
    )
  })

  test(`${algorithm.name}: a weight of 0 is never picked`, () => {
    assert.ok(!picks([1, 0, 1], 100).includes(1))
  })

  test(`${algorithm.name}: idle equals take turns`, () => {
    assert.deepEqual(picks([1, 1, 1], 6), [0, 1, 2, 0, 1, 2])
  })

  test(`${algorithm.name}: those that may be used take turns when others may not`, () => {
    const seen = picks([1, 1, 1, 1], 100, (index) => index > 1)
    assert.equal(seen.filter((index) => index === 2).length, 50)
    assert.equal(seen.filter((index) => index === 3).length, 50)
  })
}

test('round-robin interleaves weights: 3 and 1 give A A B A', () => {
  const balancer = roundRobin.create([
    { weight: 3, inFlight: () => 0 },
    { weight: 1, inFlight: () => 0 },
  ])
  const picked = Array.from({ length: 8 }, () => 'AB'[balancer.pick(everyone)])
  assert.equal(picked.join(' '), 'A A B A A A B A')
})

test('round-robin keeps to the weights over any whole turn', () => {
  const weights = [7, 1, 0, 12, 1000]
  const balancer = roundRobin.create(weights.map((weight) => ({ weight, inFlight: () => 0 })))
  const counts = weights.map(() => 0)
  for (let pick = 0; pick < 1_020; pick += 1) counts[balancer.pick(everyone)] += 1
  assert.deepEqual(counts, weights)
})

test('least-connections levels what is under way, by weight', () => {
  const inFlight = [0, 0, 0]
  const weights = [1, 2, 4]
  const balancer = leastConnections.create(
    weights.map((weight, index) => ({ weight, inFlight: () => inFlight[index] })),
  )
  for (let pick = 0; pick < 70; pick += 1) inFlight[balancer.pick(everyone)] += 1
  assert.deepEqual(inFlight, [10, 20, 40])
  inFlight[1] = 0
  assert.equal(balancer.pick(everyone), 1)
})
