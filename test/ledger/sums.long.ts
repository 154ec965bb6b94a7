import { test } from 'node:test'
import { sumExchanges } from '../support/sum-exchanges.ts'

test('ledger, counters and records have the same sums, for 1 million random exchanges', (t) => {
  sumExchanges(t, 1_000_000)
})
