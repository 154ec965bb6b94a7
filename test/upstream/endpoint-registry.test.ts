import assert from 'node:assert/strict'
import test from 'node:test'
import { Sweeper } from '../../src/kit/sweeper.ts'
import { EndpointRegistry } from '../../src/upstream/endpoint-registry.ts'
import { ConnectionRoom } from '../../src/upstream/connection-room.ts'
import { BlockPool } from '../../src/wire/block-pool.ts'
import { StuckSockets } from '../../src/wire/stuck-sockets.ts'
import { WriteTurn } from '../../src/wire/write-turn.ts'
import { fakeClock } from '../support/fake-clock.ts'

const web = { id: 7, url: 'http://127.0.0.1:9001', isTls: false, host: '127.0.0.1', address: '127.0.0.1', port: 9001 }

test('an endpoint lives as long as somebody uses it', () => {
  const registry = openRegistry()
  const endpoint = registry.acquire(web, { tenantId: 1, connectTimeoutMs: 1_000 })
  assert.equal(registry.acquire({ ...web }, { tenantId: 1, connectTimeoutMs: 1_000 }), endpoint)
  registry.release(web, { tenantId: 1, connectTimeoutMs: 1_000 })
  assert.equal(registry.size, 1)
  registry.release(web, { tenantId: 1, connectTimeoutMs: 1_000 })
  assert.equal(registry.size, 0)
  assert.notEqual(registry.acquire(web, { tenantId: 1, connectTimeoutMs: 1_000 }), endpoint)
})

test('another address, timeout or owner is another endpoint', () => {
  const registry = openRegistry()
  const endpoint = registry.acquire(web, { tenantId: 1, connectTimeoutMs: 1_000 })
  assert.notEqual(
    registry.acquire({ ...web, url: 'http://127.0.0.1:9002', port: 9002 }, { tenantId: 1, connectTimeoutMs: 1_000 }),
    endpoint,
  )
  assert.notEqual(registry.acquire(web, { tenantId: 1, connectTimeoutMs: 2_000 }), endpoint)
  assert.notEqual(registry.acquire({ ...web, id: 8 }, { tenantId: 1, connectTimeoutMs: 1_000 }), endpoint)
  assert.equal(registry.size, 4)
})

function openRegistry(): EndpointRegistry {
  const clock = fakeClock()
  return new EndpointRegistry({
    clock,
    sweeper: new Sweeper(),
    turn: new WriteTurn(),
    blocks: new BlockPool(),
    room: new ConnectionRoom(Infinity),
    stuck: new StuckSockets(clock),
    endpointIdleConnections: 100,
    readBuffer: Buffer.alloc(1_024),
    endpointIdleTimeoutMs: 1_000,
  })
}
