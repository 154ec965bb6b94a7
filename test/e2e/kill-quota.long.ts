import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertKills } from '../support/assert-kills.ts'
import { runKills } from '../support/run-kills.ts'

test('killed twenty times under load: spent is never more than the quota, at most a second each is lost', async (t) => {
  const kills = await runKills(t, { quota: '800000/month', kills: 20, secondsEach: 2.5 })
  t.diagnostic(JSON.stringify({ spent: kills.spent, used: kills.used, lives: kills.lives.map(({ served }) => served) }))
  assertKills(kills, 800_000)
  assert.equal(kills.used, 800_000)
})
