import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCollateral } from '../support/run-collateral.ts'

test('500 streams of one tenant go on while another changes 1,000 times, as fast as before', async (t) => {
  const { beforeP99Ms, duringP99Ms } = await runCollateral(t, { streams: 500, rounds: 1_000 })
  t.diagnostic(`p99 of an echo ${beforeP99Ms.toFixed(1)} ms before, ${duringP99Ms.toFixed(1)} ms during the changes`)
  // All echo at once: what they wait for is each other, and the machine.
  assert.ok(duringP99Ms < 1.5 * beforeP99Ms + 5, `${duringP99Ms} ms instead of ${beforeP99Ms}`)
})
