import { test } from 'node:test'
import { assertKills } from '../support/assert-kills.ts'
import { runKills } from '../support/run-kills.ts'

test('a server that is killed under load gives no unit of a quota twice and loses a second at most', async (t) => {
  assertKills(await runKills(t, { quota: '20000/month', kills: 2, secondsEach: 2.5 }), 20_000)
})
