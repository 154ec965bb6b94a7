import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { floods } from '../support/floods.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'

/** The tables that tell what a peer's kernel has taken are Linux's. */
const skip = process.platform !== 'linux'

const mayTakeNothingMs = 2_000
/** At this rate our kernel takes more every three seconds, and the peer's at least every one. */
const bytesPerSecond = 512 * 1024
const slowMs = 5_000

test('who reads slowly and steadily is never cut off, who takes nothing is', { skip, concurrency: true }, async (t) => {
  const tests = [
    t.test('a client, of its answer', async (t) => {
      const origin = await startRawOrigin(t, floods)
      const proxy = await startProxy(t, {
        settings: { 'write-timeout': `${mayTakeNothingMs}ms` },
        tenants: [{ pools: { web: { endpoints: [origin.url] } } }],
      })
      const still = await connectRaw(t, proxy.port)
      still.stopReading()
      still.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
      const socket = net.connect(proxy.port, '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n')
      const slow = await readSlowly(t, socket)
      assert.equal(slow.hasEnded, false)
      assert.ok(slow.receivedBytes > (0.8 * (bytesPerSecond * slowMs)) / 1_000, `${slow.receivedBytes} bytes`)
      await eventually(() => origin.connections.filter(({ isEnded }) => isEnded).length === 1)
    }),
    t.test('an endpoint, of its request', async (t) => {
      const sockets: net.Socket[] = []
      const server = net.createServer({ pauseOnConnect: true }, (socket) => void sockets.push(socket))
      t.after(() => server.close())
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
      const routes = [{ idleTimeoutMs: mayTakeNothingMs }]
      const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [url] } }, routes }] })
      const upload = async () => {
        const client = await connectRaw(t, proxy.port)
        client.write('POST / HTTP/1.1\r\nHost: acme.test\r\nContent-Length: 30000000\r\n\r\n' + 'x'.repeat(30_000_000))
        return client
      }
      const client = await upload()
      await eventually(() => sockets.length === 1)
      const still = await upload()
      const slow = await readSlowly(t, sockets[0])
      assert.equal(slow.hasEnded, false)
      assert.equal(client.received, '')
      await still.until('"code":"endpoint_timeout"')
    }),
  ]
  await Promise.all(tests)
})

/** Part by part, so that the peer's kernel does not take it for a fast reader and grant it megabytes. */
async function readSlowly(t: TestContext, socket: net.Socket) {
  const outcome = { receivedBytes: 0, hasEnded: false }
  t.after(() => socket.destroy())
  socket.on('data', (bytes) => {
    outcome.receivedBytes += bytes.length
    socket.pause()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    outcome.hasEnded = true
  })
  const sinceMs = performance.now()
  for (let passedMs = 0; passedMs < slowMs; passedMs = performance.now() - sinceMs) {
    if (outcome.receivedBytes <= (bytesPerSecond * passedMs) / 1_000) socket.resume()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return outcome
}
