import { test } from 'node:test'
import { sumExchanges } from '../support/sum-exchanges.ts'

test('ledger, counters and records have the same sums, for 20,000 random exchanges', (t) => {
  sumExchanges(t, 20_000)
})
