import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoint } from '../../src/model/endpoint.ts'
import { key } from '../../src/model/key.ts'
import { route } from '../../src/model/route.ts'
import { setting } from '../../src/model/setting.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Writer } from '../../src/store/writer.ts'
import { eventually } from '../support/eventually.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startWebSocketOrigin } from '../support/start-websocket-origin.ts'
import { openWebSocket } from '../support/websocket-client.ts'
import type { WebSocketClient } from '../support/websocket-client.ts'
import { writeTenant } from '../support/write-config.ts'

test('200 tunnels stay open while the configuration changes 100 times, and even without their tenant', async (t) => {
  const origin = await startWebSocketOrigin(t)
  const other = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(t, { tenants: [{ hosts: ['localhost'], pools }] }, { threads: 2 })
  const url = `ws://localhost:${proxy.port}/`
  const clients = await Promise.all(Array.from({ length: 200 }, () => openWebSocket(t, url)))
  const poolId = proxy.store.readTenant(1)!.pools[0].id

  const changes: ((writer: Writer, round: number) => void)[] = [
    (writer) => writer.update(route, 1, { websocket: false, auth: 'key' }),
    (writer) => {
      for (const { id } of proxy.store.readTenant(1)!.endpoints) writer.remove(endpoint, id)
      writer.insert(endpoint, { poolId, url: other.url })
    },
    (writer, round) => writeTenant(writer, { name: `other${round}`, pools }),
    (writer, round) =>
      void writer.insert(key, { tenantId: 1, name: `k${round}`, hash: hashOf(round), prefix: 'mtlb_test' }),
    (writer, round) => writer.update(tenant, 1, { state: round % 2 === 0 ? 'suspended' : 'active' }),
  ]
  for (let round = 0; round < 100; round += 1) {
    const { outcome } = await proxy.change((writer) => changes[round % changes.length](writer, round))
    assert.equal(outcome, 'applied', `round ${round}`)
    if (round % 10 === 0) await echo(clients[round], `round ${round}`)
  }
  await proxy.change((writer) => void writer.insert(setting, { name: 'tunnel-max-age', value: '1ms' }))
  await proxy.change((writer) => writer.remove(tenant, 1))

  await Promise.all(clients.map((client, index) => echo(client, `after all, ${index}`)))
  assert.equal(clients.filter(({ isOpen }) => isOpen).length, 200)
  assert.equal(origin.handshakes.length, 200)
  for (const client of clients) client.close(1_000)
  await eventually(() => origin.openCount === 0)
})

async function echo(client: WebSocketClient, message: string): Promise<void> {
  client.send(message)
  assert.equal(await client.next(), message)
}

function hashOf(round: number): string {
  return round.toString(16).padStart(64, '0')
}
