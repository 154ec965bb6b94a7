import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runIsolation } from '../support/run-isolation.ts'

for (const seed of [2, 3, 4, 5, 6]) {
  test(`three tenants that do 3,000 things at random see nothing of each other, seed ${seed}`, async (t) => {
    const { texts, connections } = await runIsolation(t, { steps: 3_000, seed })
    t.diagnostic(`${texts} texts, ${connections} connections to endpoints`)
    assert.ok(texts > 10_000, `${texts} texts`)
  })
}
