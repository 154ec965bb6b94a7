import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { BulkClient } from '../support/bulk-client.ts'
import { eventually } from '../support/eventually.ts'
import { startBulkServer } from '../support/start-bulk-server.ts'

const mib = 2 ** 20
const mostGrownBytes = 64 * mib
const hugeBytes = 2_048 * mib
const skip = process.platform !== 'linux'

test('an answer of 2 GiB keeps the process within 64 MiB of idle', { skip }, async (t) => {
  const { port, measureGrowth } = await startBulkServer(t)
  const client = new BulkClient(t, port)
  const sinceMs = performance.now()
  const grownBytes = await measureGrowth(() => {
    client.get(hugeBytes)
    return client.untilReceived(hugeBytes, 300_000)
  })
  check(t, grownBytes, sinceMs)
})

test('a request of 2 GiB keeps the process within 64 MiB of idle', { skip }, async (t) => {
  const { port, origin, measureGrowth } = await startBulkServer(t)
  const client = new BulkClient(t, port)
  const sinceMs = performance.now()
  const grownBytes = await measureGrowth(() => {
    client.post(hugeBytes)
    return client.untilReceived(1, 300_000)
  })
  assert.equal(origin.bodyBytes, hugeBytes)
  check(t, grownBytes, sinceMs)
})

for (const [name, wanted] of [
  ['with a length', mib],
  ['in tiny chunks', 'chunks'],
] as const) {
  test(
    `500 clients that read an answer of 1 MiB at 32 KiB/s keep the process within 64 MiB of idle: ${name}`,
    { skip },
    async (t) => {
      const { port, measureGrowth } = await startBulkServer(t)
      const readsPerSecond = 4
      const clients: BulkClient[] = []
      const sinceMs = performance.now()
      const grownBytes = await measureGrowth(async () => {
        for (let index = 0; index < 500; index++) clients.push(new BulkClient(t, port, (32 * 1_024) / readsPerSecond))
        for (const client of clients) client.get(wanted)
        const timer = setInterval(() => {
          for (const client of clients) client.readOn()
        }, 1_000 / readsPerSecond)
        t.after(() => clearInterval(timer))
        await eventually(() => clients.every(({ receivedBytes }) => receivedBytes >= mib), 120_000)
        clearInterval(timer)
      })
      assert.ok(performance.now() - sinceMs >= 31_000, 'they have read faster than they should')
      check(t, grownBytes, sinceMs)
    },
  )
}

function check(t: TestContext, grownBytes: number, sinceMs: number): void {
  const seconds = (performance.now() - sinceMs) / 1_000
  t.diagnostic(`grew by ${(grownBytes / mib).toFixed(1)} MiB in ${seconds.toFixed(1)} s`)
  assert.ok(grownBytes <= mostGrownBytes, `grew by ${(grownBytes / mib).toFixed(1)} MiB`)
}
