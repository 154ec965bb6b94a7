import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeWindow } from '../../src/control/outcome-window.ts'

const count = (done: number, failed = 0, slow = 0) => ({ done, failed, slow })

test('what has come within the window is counted, and what came before is forgotten', () => {
  const window = new OutcomeWindow(1_000, count(100, 10, 1), 0)
  assert.deepEqual(window.read(count(120, 15, 3), 50_000), count(20, 5, 2))
  assert.deepEqual(window.read(count(130, 15, 3), 500_000), count(30, 5, 2))
  // Everything but the last is older than the window, and a tenth of it, by now.
  assert.deepEqual(window.read(count(131, 15, 3), 1_400_000), count(1, 0, 0))
  assert.deepEqual(window.read(count(131, 15, 3), 9_000_000), count(0, 0, 0))
})

test('counters that wrap count on', () => {
  const window = new OutcomeWindow(1_000, count(2 ** 32 - 2), 0)
  assert.deepEqual(window.read(count(3), 10_000), count(5))
})
