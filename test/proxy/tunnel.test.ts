import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { readStats } from '../../src/slab/stats.ts'
import { eventually } from '../support/eventually.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { connectRaw } from '../support/raw-connection.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { seededRandom } from '../support/seeded-random.ts'
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

/** `MTLB_FUZZ_SEED` tries another order. */
test('what happens in any order leaves nothing behind and mixes nothing up', async (t) => {
  const { open, origin, slab, readGauges, thread, expiring, tenantSlot, sweep } = await start(t, systemClock)
  const random = seededRandom(Number(process.env.MTLB_FUZZ_SEED ?? 1))
  const sweeping = setInterval(sweep, 50)
  t.after(() => clearInterval(sweeping))
  const count = 150
  const tunnels: Story[] = []
  for (let index = 0; index < count; index += 1) tunnels.push(new Story(await open(), index))
  const turns = Array.from({ length: count * 12 }, () => random.pick(tunnels))
  for (const story of turns) {
    story.step(random.pick(['client', 'endpoint'] as const), random)
    if (random.below(20) === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  for (const story of tunnels) story.finish()
  await eventually(() => tunnels.every(({ isClosed }) => isClosed), 10_000)
  for (const story of tunnels) story.check()
  await eventually(() => thread.connections.size === 0)
  assert.deepEqual(readGauges(), [0, 0, 0])
  assert.equal(readStats(slab, tenantSlot).classes[1], count)
  assert.equal(origin.connections.length, count)
  assert.equal(expiring.size, 0)
  await eventually(() => !process.getActiveResourcesInfo().includes('TCPSocketWrap'))
})

type Side = 'client' | 'endpoint'

const otherSide = { client: 'endpoint', endpoint: 'client' } as const

/** What the two ends of one tunnel did, so that it can be said what each must have got. */
class Story {
  readonly #ends: Readonly<Record<Side, RawConnection>>
  readonly #heads: Readonly<Record<Side, string>>
  readonly #sent: Record<Side, string> = { client: '', endpoint: '' }
  readonly #hasEnded: Record<Side, boolean> = { client: false, endpoint: false }
  readonly #name: string
  #isReset = false

  constructor(ends: Readonly<Record<Side, RawConnection>>, index: number) {
    this.#ends = ends
    this.#heads = { client: ends.client.received, endpoint: ends.endpoint.received }
    this.#name = `tunnel ${index};`
  }

  get isClosed(): boolean {
    return this.#ends.client.isClosed && this.#ends.endpoint.isClosed
  }

  step(side: Side, random: ReturnType<typeof seededRandom>): void {
    if (this.#isReset) return
    const end = this.#ends[side]
    const chance = random.below(100)
    if (chance < 50) return this.#write(side, `${side} of ${this.#name}`.repeat(1 + random.below(4)))
    if (chance < 75) return this.#write(side, `${side} of ${this.#name}`.repeat(1 + random.below(8_000)))
    if (chance < 82) return end.stopReading()
    if (chance < 92) return end.readOn()
    if (chance < 97) return this.#end(side)
    this.#isReset = true
    end.reset()
  }

  /** Both sides close as well-behaved programs do, each in its time. */
  finish(): void {
    for (const side of ['client', 'endpoint'] as const) {
      this.#ends[side].readOn()
      this.#end(side)
    }
  }

  check(): void {
    for (const side of ['client', 'endpoint'] as const) {
      const whole = this.#heads[side] + this.#sent[otherSide[side]]
      const { received } = this.#ends[side]
      if (this.#isReset) assert.ok(whole.startsWith(received), `${side} of ${this.#name}`)
      else assert.ok(received === whole, `${side} of ${this.#name}: ${received.length} of ${whole.length} bytes`)
    }
  }

  #write(side: Side, text: string): void {
    if (this.#hasEnded[side]) return
    this.#sent[side] += text
    this.#ends[side].write(text)
  }

  #end(side: Side): void {
    if (!this.#hasEnded[side]) this.#ends[side].end()
    this.#hasEnded[side] = true
  }
}
