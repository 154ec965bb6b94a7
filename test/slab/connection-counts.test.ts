import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressCapacity, notCounted } from '../../src/slab/address-counts.ts'
import {
  countTenantConnections,
  enterConnection,
  enterTenant,
  leaveConnection,
} from '../../src/slab/connection-counts.ts'
import { zeroThread } from '../../src/slab/zero-thread.ts'
import { takeLock } from '../../src/slab/lock.ts'
import { createSlab } from '../../src/slab/slab.ts'

const caps = { maxConnections: 0, maxConnectionsPerAddress: 2 }
const v4 = (high: number) => ({ family: 4, high, low: 0 }) as const

test('an address has its own count over all threads, and gets its place back', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const entry = enterConnection(slab, 0, v4(1), caps)
  assert.equal(enterConnection(slab, 1, v4(1), caps), entry)
  assert.equal(enterConnection(slab, 0, v4(1), caps), 'address')
  assert.equal(typeof enterConnection(slab, 0, v4(2), caps), 'number')
  assert.equal(typeof enterConnection(slab, 0, { family: 6, high: 1, low: 0 }, caps), 'number')
  leaveConnection(slab, 1, entry as number)
  assert.equal(enterConnection(slab, 0, v4(1), caps), entry)
})

test('a thread that dies gives everything back, also the lock', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const all = { maxConnections: 3, maxConnectionsPerAddress: 2 }
  for (const thread of [0, 1]) enterConnection(slab, thread, v4(1), all)
  enterConnection(slab, 1, v4(2), all)
  assert.ok(enterTenant(slab, 1, 7, 1))
  assert.ok(!enterTenant(slab, 0, 7, 1))
  assert.equal(enterConnection(slab, 0, v4(3), all), 'all')
  takeLock(slab.connectionLock, 0, 2)
  zeroThread(slab, 1)
  assert.equal(countTenantConnections(slab, 7), 0)
  assert.equal(typeof enterConnection(slab, 0, v4(1), all), 'number')
  assert.equal(enterConnection(slab, 0, v4(1), all), 'address')
})

test('two threads that die, one of them with the lock, do not hold up who cleans up', () => {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  for (const thread of [0, 1]) enterConnection(slab, thread, v4(1), caps)
  takeLock(slab.connectionLock, 0, 2)
  zeroThread(slab, 0)
  zeroThread(slab, 1)
  for (const thread of [0, 1]) assert.equal(typeof enterConnection(slab, thread, v4(1), caps), 'number')
  assert.equal(enterConnection(slab, 0, v4(1), caps), 'address')
})

test('addresses that find no entry are admitted and not counted, and those that did are still found', () => {
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const entries = Array.from({ length: 2 * addressCapacity }, (_, high) => enterConnection(slab, 0, v4(high), caps))
  const counted = entries.filter((entry) => entry !== notCounted)
  assert.ok(counted.length <= addressCapacity && counted.length > addressCapacity * 0.9)
  assert.equal(new Set(counted).size, counted.length)
  for (const [high, entry] of entries.entries()) {
    if (entry !== notCounted && high % 97 === 0) assert.equal(enterConnection(slab, 0, v4(high), caps), entry)
  }
})
