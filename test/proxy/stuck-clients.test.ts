import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StuckClients } from '../../src/proxy/stuck-clients.ts'
import type { StuckClient } from '../../src/proxy/stuck-clients.ts'
import { eventually } from '../support/eventually.ts'

/** Takes so many bytes before each look. */
class Client implements StuckClient {
  isBehind = true
  isPaused = false
  takenBytes = 0
  readonly inode = undefined
  stalls = 0
  probes = 0

  probe(): void {
    this.probes += 1
  }

  onStall(): void {
    this.stalls += 1
  }
}

function watch(...clients: Client[]) {
  let nowUs = 1
  const stuck = new StuckClients({ monotonicUs: () => nowUs, wallMs: () => 0 }, () => 16_000)
  for (const client of clients) stuck.add(client)
  /** The next look, and what it leads to. */
  const look = async () => {
    nowUs = stuck.deadlineUs
    stuck.onDeadline()
    await eventually(() => stuck.deadlineUs > nowUs || [...clients].every(({ stalls }) => stalls > 0))
  }
  return { stuck, look }
}

test('a client that takes nothing is cut off after its timeout, once', async () => {
  const client = new Client()
  const { look } = watch(client)
  for (let second = 1; second <= 15; second += 1) await look()
  assert.equal(client.stalls, 0)
  await look()
  assert.equal(client.stalls, 1)
})

test('a client that takes a byte now and then is not', async () => {
  const [slow, still] = [new Client(), new Client()]
  const { look } = watch(slow, still)
  for (let second = 1; second <= 60; second += 1) {
    if (second % 15 === 0) slow.takenBytes += 1
    await look()
  }
  assert.deepEqual([slow.stalls, still.stalls], [0, 1])
})

test('a client is watched until it has taken everything, and not looked at any more', () => {
  const client = new Client()
  const { stuck } = watch(client)
  client.isBehind = false
  stuck.onDeadline()
  assert.equal(stuck.deadlineUs, 0)
  stuck.add(client)
  stuck.delete(client)
  stuck.onDeadline()
  assert.equal(stuck.deadlineUs, 0)
})

test('a client that is not read is asked for, as long as nothing else would tell that it has gone', async () => {
  const client = new Client()
  client.isBehind = false
  client.isPaused = true
  const { look } = watch(client)
  for (let second = 1; second <= 40; second += 1) await look()
  assert.deepEqual([client.probes, client.stalls], [40, 0])
})
