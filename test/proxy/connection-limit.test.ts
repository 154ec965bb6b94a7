import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxConnectionsFor } from '../../src/proxy/connection-limit.ts'

test('threads share the open files, two for each client', () => {
  assert.equal(maxConnectionsFor(256, 2), 36)
  assert.equal(maxConnectionsFor(1_024, 4), 104)
  assert.equal(maxConnectionsFor(524_288, 2), 122_856)
})

test('a limit too low for anything still serves somebody, and no limit is none', () => {
  assert.equal(maxConnectionsFor(64, 4), 8)
  assert.equal(maxConnectionsFor(undefined, 2), Infinity)
})
