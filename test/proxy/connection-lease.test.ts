import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { openLease } from '../../src/proxy/connection-lease.ts'
import type { ConnectionLease } from '../../src/proxy/connection-lease.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { startThread } from './start-thread.ts'

async function open(t: TestContext, maxConnectionsPerAddress: number) {
  const { thread } = await startThread(t, { endpointUrl: 'http://127.0.0.1:9', clock: fakeClock() })
  const setCap = (cap: number) => {
    thread.global = { ...thread.global, maxConnectionsPerAddress: cap }
  }
  setCap(maxConnectionsPerAddress)
  return { setCap, lease: (address: string) => openLease(thread, address) }
}

test('a v6 address is counted by its first 64 bits, a v4 address whole', async (t) => {
  const { lease } = await open(t, 1)
  const cases: readonly (readonly [address: string, same: string])[] = [
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8:1:3::1', '2001:db8:1:3::2'],
    ['2001:db8:2:2::1', '2001:DB8:2:2::1'],
    ['::1', '::2'],
    ['fe80::1', 'fe80::2'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.2', '192.0.2.2'],
    ['0.0.0.1', '0.0.0.1'],
  ]
  const places = cases.map(([address]) => lease(address))
  for (const place of places) assert.equal(typeof place, 'object')
  for (const [, same] of cases) assert.equal(lease(same), 'address')
  for (const place of places) (place as ConnectionLease).release()
  for (const [, same] of cases) assert.equal(typeof lease(same), 'object')
})

test('a client that has gone before its address was read is not counted by address', async (t) => {
  const { lease } = await open(t, 1)
  for (let again = 0; again < 3; again += 1) assert.equal(typeof lease(''), 'object')
})

test('a place that was given back is not taken again when addresses begin to be counted', async (t) => {
  const { lease, setCap } = await open(t, 0)
  const gone = lease('192.0.2.1') as ConnectionLease
  gone.release()
  setCap(1)
  gone.countAddress()
  assert.equal(typeof lease('192.0.2.1'), 'object')
})
