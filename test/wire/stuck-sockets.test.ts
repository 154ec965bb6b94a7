import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StuckSockets } from '../../src/wire/stuck-sockets.ts'
import type { StuckSocket } from '../../src/wire/stuck-sockets.ts'
import { eventually } from '../support/eventually.ts'

/** Takes so many bytes before each look. */
class Peer implements StuckSocket {
  isBehind = true
  isPaused = false
  takenBytes = 0
  readonly inode = undefined
  stallMs = 16_000
  stalls = 0
  probes = 0

  probe(): void {
    this.probes += 1
  }

  onStall(): void {
    this.stalls += 1
  }
}

function watch(...peers: Peer[]) {
  let nowUs = 1
  const stuck = new StuckSockets({ monotonicUs: () => nowUs, wallMs: () => 0 })
  for (const peer of peers) stuck.add(peer)
  /** The next look, and what it leads to. */
  const look = async () => {
    nowUs = stuck.deadlineUs
    stuck.onDeadline()
    await eventually(() => stuck.deadlineUs > nowUs || [...peers].every(({ stalls }) => stalls > 0))
  }
  return { stuck, look }
}

test('a peer that takes nothing is cut off after its timeout, once', async () => {
  const peer = new Peer()
  const { look } = watch(peer)
  for (let second = 1; second <= 15; second += 1) await look()
  assert.equal(peer.stalls, 0)
  await look()
  assert.equal(peer.stalls, 1)
})

test('a peer that takes a byte now and then is not', async () => {
  const [slow, still] = [new Peer(), new Peer()]
  const { look } = watch(slow, still)
  for (let second = 1; second <= 60; second += 1) {
    if (second % 15 === 0) slow.takenBytes += 1
    await look()
  }
  assert.deepEqual([slow.stalls, still.stalls], [0, 1])
})

test('a peer is watched until it has taken everything, and not looked at any more', () => {
  const peer = new Peer()
  const { stuck } = watch(peer)
  peer.isBehind = false
  stuck.onDeadline()
  assert.equal(stuck.deadlineUs, 0)
  stuck.add(peer)
  stuck.delete(peer)
  stuck.onDeadline()
  assert.equal(stuck.deadlineUs, 0)
})

test('a peer that is not read is asked for, as long as nothing else would tell that it has gone', async () => {
  const peer = new Peer()
  peer.isBehind = false
  peer.isPaused = true
  const { look } = watch(peer)
  for (let second = 1; second <= 40; second += 1) await look()
  assert.deepEqual([peer.probes, peer.stalls], [40, 0])
})
