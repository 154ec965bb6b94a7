import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastConnections } from '../../src/balance/least-connections.ts'
import { createCandidates, everyone } from '../support/create-candidates.ts'
import { seededRandom } from '../support/seeded-random.ts'

const options = { seed: 1 }

test('what is under way is levelled, by weight', () => {
  const weights = [1, 2, 4]
  const { candidates, move } = createCandidates(weights)
  const balancer = leastConnections.create(candidates, options)
  for (let pick = 0; pick < 70; pick += 1) move(balancer.pick(everyone, 0), 1)
  assert.deepEqual(
    weights.map((_, index) => candidates.inFlight(index)),
    [10, 20, 40],
  )
  move(1, -20)
  assert.equal(balancer.pick(everyone, 0), 1)
})

test('idle equals take turns, whether they are few or many', () => {
  for (const size of [3, 200]) {
    const balancer = leastConnections.create(
      createCandidates(Array.from({ length: size }, () => 1)).candidates,
      options,
    )
    const inTurn = Array.from({ length: 2 * size }, (_, pick) => pick % size)
    assert.deepEqual(
      inTurn.map(() => balancer.pick(everyone, 0)),
      inTurn,
    )
  }
})

for (const size of [10, 64, 65, 1_000]) {
  test(`of ${size} over 4 threads the least is found at every pick, whatever has moved`, () => {
    const random = seededRandom(size)
    const weights = Array.from({ length: size }, () => random.below(5))
    const { candidates, move } = createCandidates(weights, { columns: 4 })
    const balancer = leastConnections.create(candidates, options)
    const isDown = weights.map(() => random.below(10) === 0)
    const mayUse = (index: number) => !isDown[index]
    for (let pick = 0; pick < 2_000; pick += 1) {
      const index = random.below(size)
      move(index, random.below(3), random.below(4))
      if (pick % 50 === 0) isDown[random.below(size)] = random.below(2) === 0
      if (pick % 300 === 0) candidates.setWeight(random.below(size), random.below(5))
      const picked = balancer.pick(mayUse, 0)
      const loads = Array.from(candidates.weights, (weight, at) =>
        weight > 0 && mayUse(at) ? (candidates.inFlight(at) + 1) / weight : Infinity,
      )
      assert.equal(loads[picked], Math.min(...loads))
      move(picked, 1, random.below(4))
    }
  })
}
