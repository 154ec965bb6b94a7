import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import { eventually } from '../support/eventually.ts'
import { pump, pumpedBytes, settle } from '../support/pump.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { spawnServer } from '../support/spawn-server.ts'
import { folderOnAnyPort } from '../support/start-server.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { origin as actor } from '../support/temp-store.ts'
import { acceptingBytes, handshakeBytes } from '../support/websocket-bytes.ts'
import { writeConfig } from '../support/write-config.ts'

/** What the kernel's buffers on both sides of the proxy and the proxy itself may hold of one direction. */
const mostHeldBytes = 24 * 2 ** 20

/** What the process may grow by: it copies and gives back, but it keeps nothing. */
const mostGrownBytes = 32 * 2 ** 20

/** A server in a process of its own, whose memory says what it holds, with one tunnel through it. */
async function openTunnel(t: TestContext) {
  const origin = await startRawOrigin(t, acceptingBytes())
  const folder = folderOnAnyPort(t)
  const store = openStore({ folder, access: 'write', clock: systemClock })
  store.write(actor, (writer) => writeConfig(writer, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] }))
  store.close()
  const server = await spawnServer(t, folder, ['--threads', '1'])
  const client = await connectRaw(t, server.port)
  client.write(handshakeBytes())
  await client.until()
  const readRss = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) * 1024
  return { client, endpoint: origin.connections[0], readRss }
}

for (const [name, reader, writer] of [
  ['a client', 'client', 'endpoint'],
  ['an endpoint', 'endpoint', 'client'],
] as const) {
  test(`${name} that does not read stops the ${writer}, and gets everything once it reads`, async (t) => {
    const tunnel = await openTunnel(t)
    const before = tunnel[reader].receivedBytes
    tunnel[reader].stopReading()
    const idleBytes = tunnel.readRss()
    const pumping = pump(tunnel[writer])
    const heldBytes = await settle(() => tunnel[writer].sentBytes)
    assert.ok(heldBytes < mostHeldBytes, `the ${writer} got rid of ${heldBytes} bytes that nobody has read`)
    const grownBytes = tunnel.readRss() - idleBytes
    assert.ok(grownBytes < mostGrownBytes, `the process grew by ${grownBytes} bytes`)
    // The other direction does not care.
    tunnel[reader].write('ping')
    await tunnel[writer].until('ping')
    tunnel[reader].readOn()
    await eventually(() => tunnel[reader].receivedBytes === before + pumpedBytes, 20_000)
    await pumping
  })
}
