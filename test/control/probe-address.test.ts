import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { probeAddress } from '../../src/control/probe-address.ts'

const linux = { skip: process.platform !== 'linux' }

test('an address that another program shares with reusePort is in use', linux, async (t) => {
  const port = await listen(t, '127.0.0.1')
  assert.equal((await probe(port))?.code, 'EADDRINUSE')
})

test('an address is free while only another address of the machine listens on the port', linux, async (t) => {
  const port = await listen(t, '127.0.0.2')
  assert.equal(await probe(port), undefined)
})

test('nobody can connect to a free address while it is probed: nothing listens', linux, async (t) => {
  const listening = t.mock.method(net.Server.prototype, 'listen')
  assert.equal(await probe(1), undefined)
  assert.equal(listening.mock.callCount(), 0)
})

function probe(port: number) {
  return probeAddress({ id: 1, name: 'main', address: '127.0.0.1', port })
}

async function listen(t: TestContext, host: string): Promise<number> {
  const server = net.createServer()
  t.after(() => server.close())
  server.listen({ host, port: 0, reusePort: true })
  await once(server, 'listening')
  return (server.address() as net.AddressInfo).port
}
