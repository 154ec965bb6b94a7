import assert from 'node:assert/strict'
import net from 'node:net'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { acceptHandles, addressOfPeer, plainAddress } from '../../src/proxy/accept-socket.ts'
import { connectRaw } from '../support/raw-connection.ts'

async function listen(t: TestContext, accept: Parameters<typeof acceptHandles>[1]): Promise<number> {
  const server = net.createServer(() => assert.fail('Node made a socket of its own'))
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  acceptHandles(server, accept)
  return (server.address() as net.AddressInfo).port
}

test('what is accepted is handed out with its address', async (t) => {
  const addresses: string[] = []
  const port = await listen(t, (handle) => {
    addresses.push(addressOfPeer(handle))
    handle.close()
  })
  const client = await connectRaw(t, port)
  await client.untilEnded()
  assert.deepEqual(addresses, ['127.0.0.1'])
})

test('an address of a peer is told without what only its kernel can read', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1')
  for (const plain of ['', '192.0.2.1', '2001:db8::1']) assert.equal(plainAddress(plain), plain)
})
