import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setting } from '../../src/model/setting.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { TestServer } from '../support/start-server.ts'
import { acceptingBytes, handshakeBytes } from '../support/websocket-bytes.ts'

const caps = ['max-connections', 'max-connections-per-address', 'max-connections-per-tenant']

/** Two tenants over two threads, whose endpoint takes upgrades as well and closes when its client does. */
async function start(t: TestContext, settings: Readonly<Record<string, string>>): Promise<TestServer> {
  const origin = await startRawOrigin(t, (connection) => {
    connection.onEnd(() => connection.end())
    connection.onHead((head) => {
      connection.write(head.includes('Upgrade') ? acceptingBytes() : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  const pools = { web: { endpoints: [origin.url] } }
  return startProxy(t, { settings, tenants: [{ pools }, { name: 'globex', pools }] }, { threads: 2 })
}

/** A connection that has asked once, with the status that it got; 0 when it was closed without. */
async function open(t: TestContext, proxy: TestServer, bytes = getBytes('acme.test')) {
  const client = await connectRaw(t, proxy.port)
  let answers = 0
  const ask = async (text: string) => {
    const before = client.receivedBytes
    client.write(text)
    await eventually(() => client.isEnded || client.receivedBytes > before)
    answers += 1
    return Number(client.received.split('HTTP/1.1 ')[answers]?.slice(0, 3) ?? 0)
  }
  return { client, ask, status: await ask(bytes) }
}

function getBytes(host: string): string {
  return `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`
}

async function set(proxy: TestServer, name: string, value: string): Promise<void> {
  const row = proxy.store.find(setting, { name })
  const { outcome } = await proxy.change((writer) => {
    if (row === undefined) writer.insert(setting, { name, value })
    else writer.update(setting, row.id, { value })
  })
  assert.equal(outcome, 'applied')
}

async function openMany(t: TestContext, proxy: TestServer, count: number) {
  const opened = await Promise.all(Array.from({ length: count }, () => open(t, proxy)))
  const served = opened.filter(({ status }) => status === 200)
  assert.equal(served.length + opened.filter(({ status }) => status === 503 || status === 0).length, count)
  return served
}

for (const name of caps) {
  test(`${name} holds from the moment it is set, counts who came before, and cuts off nobody`, async (t) => {
    const proxy = await start(t, {})
    const early = await openMany(t, proxy, 6)
    assert.equal(early.length, 6)
    await set(proxy, name, '8')
    assert.equal((await openMany(t, proxy, 8)).length, 2, 'six were there')
    await set(proxy, name, '11')
    assert.equal((await openMany(t, proxy, 8)).length, 3, 'raised by three')
    await set(proxy, name, '4')
    assert.equal((await openMany(t, proxy, 4)).length, 0, 'lowered below what there is')
    for (const { ask } of early) assert.equal(await ask(getBytes('acme.test')), 200)
    await set(proxy, name, '0')
    assert.equal((await openMany(t, proxy, 8)).length, 8, 'turned off')
    await set(proxy, name, '20')
    assert.equal((await openMany(t, proxy, 8)).length, 1, 'and on again: nineteen are open')
  })

  test(`a WebSocket has its place of ${name} until it ends`, async (t) => {
    const proxy = await start(t, { [name]: '1' })
    for (let round = 0; round < 3; round += 1) {
      const tunnel = await open(t, proxy, handshakeBytes())
      assert.equal(tunnel.status, 101)
      assert.notEqual((await open(t, proxy)).status, 200)
      if (round === 0) tunnel.client.reset()
      else tunnel.client.end()
      const next = await eventually(async () => {
        const opened = await open(t, proxy)
        return opened.status === 200 ? opened : undefined
      })
      next.client.reset()
      await eventually(() => proxy.server.status().threads.every(({ connections }) => connections === 0))
    }
  })
}

test('a connection counts for the tenant that it asked last', async (t) => {
  const proxy = await start(t, { 'max-connections-per-tenant': '1' })
  const [acme, globex] = [getBytes('acme.test'), getBytes('globex.test')]
  const mover = await open(t, proxy, acme)
  assert.equal(mover.status, 200)
  assert.equal((await open(t, proxy, acme)).status, 503)
  assert.equal(await mover.ask(globex), 200)
  const second = await open(t, proxy, acme)
  assert.equal(second.status, 200, 'its place with the first tenant is free')
  assert.equal((await open(t, proxy, globex)).status, 503)
  assert.equal(await mover.ask(acme), 503, 'taken meanwhile')
  await mover.client.untilEnded()
  const third = await open(t, proxy, globex)
  assert.equal(third.status, 200, 'it left there, too')
  for (const { client } of [second, third]) client.reset()
})
