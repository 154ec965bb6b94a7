import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RetryBudget } from '../../src/proxy/retry-budget.ts'
import { createSlab } from '../../src/slab/slab.ts'

function takeAll(budget: RetryBudget, nowUs: number): number {
  let taken = 0
  while (budget.take(nowUs)) taken += 1
  return taken
}

test('a fifth of the requests may be retried, and ten a second besides', () => {
  const budget = new RetryBudget(
    { slab: createSlab({ threads: 1, ringBytes: 65_536 }), thread: 0 },
    { slot: 3, percent: 20 },
  )
  const startUs = 10_000_000
  assert.equal(takeAll(budget, startUs), 10)
  for (let request = 0; request < 51; request++) budget.earn()
  assert.equal(takeAll(budget, startUs), 10)
  assert.equal(takeAll(budget, startUs + 500_000), 5)
  assert.equal(takeAll(budget, startUs + 60_000_000), 10)
})

test('what is not used is not saved up without end', () => {
  const budget = new RetryBudget(
    { slab: createSlab({ threads: 1, ringBytes: 65_536 }), thread: 0 },
    { slot: 3, percent: 50 },
  )
  for (let request = 0; request < 100_000; request++) budget.earn()
  assert.equal(takeAll(budget, 1_000_000), 110)
})

test('threads share the ten a second, and each has the share of its own requests', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const [one, other] = [0, 1].map((thread) => new RetryBudget({ slab, thread }, { slot: 3, percent: 20 }))
  for (let request = 0; request < 10; request++) one.earn()
  assert.equal(takeAll(one, 1_000_000), 12)
  assert.equal(takeAll(other, 1_000_000), 0)
})
