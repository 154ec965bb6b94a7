import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { eventually } from '../support/eventually.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { acceptingBytes, handshakeBytes } from '../support/websocket-bytes.ts'
import { startThread } from './start-thread.ts'

async function start(t: TestContext, clock: Clock) {
  const origin = await startRawOrigin(t, acceptingBytes())
  const started = await startThread(t, { endpointUrl: origin.url, clock })
  const open = async () => {
    const index = origin.connections.length
    const client = await connectRaw(t, started.port)
    client.write(handshakeBytes())
    await client.until()
    return { client, endpoint: origin.connections[index] }
  }
  return { ...started, origin, open }
}

const minuteMs = 60_000

test('a tunnel is in flight for tenant, route and endpoint until it ends, even when they are gone', async (t) => {
  const { open, readGauges, thread, removeTenant } = await start(t, systemClock)
  const first = await open()
  const second = await open()
  assert.deepEqual(readGauges(), [2, 2, 2])
  removeTenant()
  assert.deepEqual(readGauges(), [2, 2, 2])
  assert.equal(thread.endpoints.size, 1)
  second.client.reset()
  await eventually(() => readGauges().join() === '1,1,1')
  first.client.write('still there')
  await first.endpoint.until('still there')
  first.client.end()
  await first.endpoint.untilEnded()
  first.endpoint.end()
  await eventually(() => readGauges().join() === '0,0,0')
  assert.equal(thread.endpoints.size, 0)
  await eventually(() => thread.connections.size === 0)
})

test('the idle time begins anew with every byte from either side, and nothing else ends a tunnel', async (t) => {
  const clock = fakeClock()
  const { open, sweep } = await start(t, clock)
  const { client, endpoint } = await open()
  for (let round = 0; round < 5; round += 1) {
    clock.advance(5 * minuteMs - 1)
    sweep()
    const [from, to] = round % 2 === 0 ? [client, endpoint] : [endpoint, client]
    from.write(`round ${round}`)
    await to.until(`round ${round}`)
  }
  clock.advance(5 * minuteMs - 1)
  sweep()
  assert.ok(!client.isEnded && !endpoint.isEnded)
  clock.advance(1)
  sweep()
  await Promise.all([client.untilEnded(), endpoint.untilEnded()])
})

test('a tunnel of a day is closed, although bytes never ceased', async (t) => {
  const clock = fakeClock()
  const { open, sweep } = await start(t, clock)
  const { client, endpoint } = await open()
  for (let round = 0; round < 24 * 15 - 1; round += 1) {
    clock.advance(4 * minuteMs)
    sweep()
    client.write('.')
    await eventually(() => endpoint.received.endsWith('.'.repeat(round + 1)))
  }
  clock.advance(4 * minuteMs - 1)
  sweep()
  assert.equal(client.isEnded, false)
  clock.advance(1)
  sweep()
  await Promise.all([client.untilEnded(), endpoint.untilEnded()])
})
