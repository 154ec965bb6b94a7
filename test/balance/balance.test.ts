import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MayUse } from '../../src/balance/algorithm.ts'
import { algorithms } from '../../src/balance/index.ts'
import { createCandidates, everyone } from '../support/create-candidates.ts'
import { seededRandom } from '../support/seeded-random.ts'

const seed = 7

/** What every algorithm promises, in pools that are looked at whole and in those that are not. */
for (const algorithm of algorithms) {
  const pick = (weights: readonly number[], count: number, mayUse: MayUse = everyone) => {
    const random = seededRandom(seed)
    const balancer = algorithm.create(createCandidates(weights).candidates, { seed })
    return Array.from({ length: count }, () => balancer.pick(mayUse, random.below(2 ** 32)))
  }

  test(`${algorithm.name}: none is picked of none, of those that drain, or of those that may not be used`, () => {
    assert.deepEqual(pick([], 1), [-1])
    assert.deepEqual(pick([0, 0], 2), [-1, -1])
    for (const size of [2, 1_000]) {
      assert.deepEqual(
        pick(ones(size), 2, () => false),
        [-1, -1],
      )
      assert.deepEqual(pick(ones(size).fill(0), 1), [-1])
    }
  })

  for (const size of [3, 64, 65, 1_000]) {
    test(`${algorithm.name}: of ${size}, a weight of 0 and one that may not be used are never picked`, () => {
      const weights = ones(size).with(1, 0)
      const seen = new Set(pick(weights, size * 20, (index) => index !== 0))
      assert.deepEqual([seen.has(-1), seen.has(0), seen.has(1)], [false, false, false])
    })

    test(`${algorithm.name}: of ${size}, the last one that may be used is found`, () => {
      assert.deepEqual(new Set(pick(ones(size), 50, (index) => index === size - 1)), new Set([size - 1]))
    })

    test(`${algorithm.name}: of ${size}, a weight that changes holds from the next pick on`, () => {
      const { candidates } = createCandidates(ones(size))
      const balancer = algorithm.create(candidates, { seed })
      const random = seededRandom(seed)
      const draw = () => Array.from({ length: 50 }, () => balancer.pick(everyone, random.below(2 ** 32)))
      assert.ok(!draw().includes(-1))
      for (let index = 0; index < size; index += 1) candidates.setWeight(index, index === 2 ? 3 : 0)
      assert.deepEqual(new Set(draw()), new Set([2]))
      for (let index = 0; index < size; index += 1) candidates.setWeight(index, 1)
      assert.ok(new Set(draw()).size > 2)
    })

    test(`${algorithm.name}: ${size} idle equals all get work`, () => {
      assert.equal(new Set(pick(ones(size), size * 20)).size, size)
    })
  }

  test(`${algorithm.name}: those that may be used share evenly what the others would have had`, () => {
    const seen = pick(ones(10), 10_000, (index) => index > 7)
    const share = seen.filter((index) => index === 8).length / seen.length
    assert.ok(share > 0.47 && share < 0.53, `${share} of it`)
  })
}

function ones(size: number): number[] {
  return Array.from({ length: size }, () => 1)
}
