import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { floods } from '../support/floods.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

const get = 'GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n'

/** The tables that tell what a client's kernel has taken are Linux's. */
const skip = process.platform !== 'linux'

test('a client that reads slowly and steadily is never cut off, one that takes nothing is', { skip }, async (t) => {
  const origin = await startRawOrigin(t, floods)
  const proxy = await startProxy(t, {
    settings: { 'write-timeout': '4s' },
    tenants: [{ pools: { web: { endpoints: [origin.url] } } }],
  })
  const still = await connectRaw(t, proxy.port)
  still.stopReading()
  still.write(get)
  // At this rate our kernel takes more every six seconds, and the client's every one or two.
  const slow = await readSlowly(t, { port: proxy.port, bytesPerSecond: 256 * 1024, seconds: 9 })
  assert.equal(slow.hasEnded, false)
  assert.ok(slow.receivedBytes > 8 * 256 * 1024, `${slow.receivedBytes} bytes`)
  await eventually(() => origin.connections.filter(({ isEnded }) => isEnded).length === 1)
})

/** Part by part, so that the client's kernel does not take it for a fast reader and grant it megabytes. */
async function readSlowly(
  t: TestContext,
  {
    port,
    bytesPerSecond,
    seconds,
  }: { readonly port: number; readonly bytesPerSecond: number; readonly seconds: number },
) {
  const outcome = { receivedBytes: 0, hasEnded: false }
  const socket = net.connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('data', (bytes) => {
    outcome.receivedBytes += bytes.length
    socket.pause()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    outcome.hasEnded = true
  })
  socket.write(get)
  const sinceMs = performance.now()
  for (let passedMs = 0; passedMs < seconds * 1_000; passedMs = performance.now() - sinceMs) {
    if (outcome.receivedBytes <= (bytesPerSecond * passedMs) / 1_000) socket.resume()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return outcome
}
