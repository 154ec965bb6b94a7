import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastResponseTime } from '../../src/balance/least-response-time.ts'
import { random } from '../../src/balance/random.ts'
import { twoChoices } from '../../src/balance/two-choices.ts'
import { createCandidates, everyone } from '../support/create-candidates.ts'
import { seededRandom } from '../support/seeded-random.ts'

const options = { seed: 11 }

test('random keeps to the weights within four standard deviations, also among those that are left', () => {
  const weights = [1, 2, 3, 0, 4, 90]
  for (const isLeft of [everyone, (index: number) => index < 5]) {
    const balancer = random.create(createCandidates(weights).candidates, options)
    const counts = weights.map(() => 0)
    const picks = 50_000
    for (let pick = 0; pick < picks; pick += 1) counts[balancer.pick(isLeft, 0)] += 1
    const left = weights.map((weight, index) => (isLeft(index) ? weight : 0))
    const total = left.reduce((sum, weight) => sum + weight, 0)
    for (const [index, weight] of left.entries()) {
      const share = weight / total
      const deviation = Math.sqrt(picks * share * (1 - share))
      assert.ok(Math.abs(counts[index] - picks * share) <= 4 * deviation, `${index}: ${counts[index]}`)
    }
  }
})

test('random is the same for the same seed, and another for another', () => {
  const draw = (seed: number) => {
    const balancer = random.create(createCandidates([1, 1, 1, 1]).candidates, { seed })
    return Array.from({ length: 40 }, () => balancer.pick(everyone, 0)).join('')
  }
  assert.equal(draw(1), draw(1))
  assert.notEqual(draw(1), draw(2))
})

test('two-choices takes the one with less under way for its weight', () => {
  const { candidates, move } = createCandidates([1, 4], { columns: 3 })
  const balancer = twoChoices.create(candidates, options)
  for (let pick = 0; pick < 50; pick += 1) move(balancer.pick(everyone, 0), 1, pick % 3)
  assert.deepEqual([candidates.inFlight(0), candidates.inFlight(1)], [10, 40])
})

test('two-choices keeps 1,000 endpoints within a few requests of each other', () => {
  const size = 1_000
  const { candidates, move } = createCandidates(Array.from({ length: size }, () => 1))
  const balancer = twoChoices.create(candidates, options)
  for (let pick = 0; pick < 10 * size; pick += 1) move(balancer.pick(everyone, 0), 1)
  const loads = Array.from({ length: size }, (_, index) => candidates.inFlight(index))
  // By chance alone the fullest of a thousand would have some 22.
  assert.ok(Math.max(...loads) <= 14, `${Math.max(...loads)}`)
})

test('least-response-time takes what answers sooner, for its weight and with what is under way there', () => {
  const { candidates, latenciesUs, move } = createCandidates([1, 1])
  const balancer = leastResponseTime.create(candidates, options)
  latenciesUs[0] = 1_000
  latenciesUs[1] = 5_000
  assert.equal(balancer.pick(everyone, 0), 0)
  move(0, 5)
  assert.equal(balancer.pick(everyone, 0), 1)
  candidates.setWeight(0, 2)
  assert.equal(balancer.pick(everyone, 0), 0)
})

test('least-response-time lets one request find out about an endpoint that nobody knows', () => {
  const { candidates, latenciesUs, move } = createCandidates([1, 1])
  const balancer = leastResponseTime.create(candidates, options)
  latenciesUs[0] = 1_000
  assert.equal(balancer.pick(everyone, 0), 1)
  move(1, 1)
  for (let pick = 0; pick < 20; pick += 1) assert.equal(balancer.pick(everyone, 0), 0)
})

test('least-response-time sends most to the fast of many', () => {
  const random = seededRandom(5)
  const { candidates, latenciesUs } = createCandidates(Array.from({ length: 20 }, () => 1))
  const balancer = leastResponseTime.create(candidates, options)
  for (let index = 0; index < 20; index += 1) latenciesUs[index] = index < 10 ? 1_000 : 20_000 + random.below(9)
  let slow = 0
  for (let pick = 0; pick < 10_000; pick += 1) if (balancer.pick(everyone, 0) >= 10) slow += 1
  // Both choices fall on slow ones in 10/20 × 9/19 of all cases.
  assert.ok(slow > 2_000 && slow < 2_700, `${slow}`)
})
