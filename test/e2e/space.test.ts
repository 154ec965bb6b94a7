import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BulkClient } from '../support/bulk-client.ts'
import { startBulkServer } from '../support/start-bulk-server.ts'

const mib = 2 ** 20
const mostGrownBytes = 64 * mib
const bodyBytes = 128 * mib
const timeoutMs = 20_000

/** What a body costs is what is under way of it; space.long.ts has the same with larger ones. */
test(
  'a large body does not make the process grow, in neither direction',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const { port, origin, measureGrowth } = await startBulkServer(t)
    const client = new BulkClient(t, port)
    const downBytes = await measureGrowth(() => {
      client.get(bodyBytes)
      return client.untilReceived(bodyBytes, timeoutMs)
    })
    assert.ok(downBytes <= mostGrownBytes, `an answer: ${downBytes / mib} MiB`)
    const upBytes = await measureGrowth(async () => {
      const before = client.receivedBytes
      client.post(bodyBytes)
      await client.untilReceived(before + 1, timeoutMs)
    })
    assert.equal(origin.bodyBytes, bodyBytes)
    assert.ok(upBytes <= mostGrownBytes, `a request: ${upBytes / mib} MiB`)
  },
)
