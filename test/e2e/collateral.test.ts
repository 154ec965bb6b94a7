import { test } from 'node:test'
import { runCollateral } from '../support/run-collateral.ts'

test('60 streams of one tenant go on while another changes 100 times, in everything that it has', async (t) => {
  const { beforeP99Ms, duringP99Ms } = await runCollateral(t, { streams: 60, rounds: 100 })
  t.diagnostic(`p99 of an echo ${beforeP99Ms.toFixed(1)} ms before, ${duringP99Ms.toFixed(1)} ms during the changes`)
})
