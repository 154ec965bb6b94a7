import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runIsolation } from '../support/run-isolation.ts'

test('three tenants that do 400 things at random see nothing of each other', async (t) => {
  const { texts, connections } = await runIsolation(t, { steps: 400, seed: 1 })
  assert.ok(texts > 1_000 && connections > 4, `${texts} texts, ${connections} connections`)
})
