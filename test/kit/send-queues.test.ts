import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { findSocketInode, readSendQueues } from '../../src/kit/send-queues.ts'
import { eventually } from '../support/eventually.ts'

const hasTables = process.platform === 'linux'

for (const address of ['127.0.0.1', '::1']) {
  test(`what a peer at ${address} has not taken is told, and that it takes it`, { skip: !hasTables }, async (t) => {
    const { sender, receiver } = await connect(t, address)
    const inode = findSocketInode(descriptorOf(sender))
    assert.ok(inode !== undefined)
    assert.equal(await queuedBytes(inode), 0)
    receiver.pause()
    while (sender.write(Buffer.alloc(64 * 1024)));
    const queued = await eventually(async () => (await queuedBytes(inode)) || undefined)
    assert.ok(queued > 64 * 1024, `${queued} bytes`)
    receiver.resume()
    await eventually(async () => (await queuedBytes(inode)) === 0)
  })
}

test('a descriptor that is none has no inode, and an inode that is none no queue', async () => {
  assert.equal(findSocketInode(-1), undefined)
  assert.equal(findSocketInode(1_000_000), undefined)
  assert.equal(await queuedBytes('0'.repeat(20)), undefined)
})

function queuedBytes(inode: string): Promise<number | undefined> {
  return new Promise((resolve) => readSendQueues(new Set([inode]), (queues) => resolve(queues.get(inode))))
}

async function connect(t: TestContext, address: string) {
  const server = net.createServer()
  t.after(() => server.close())
  server.listen(0, address)
  await once(server, 'listening')
  const sender = net.connect((server.address() as net.AddressInfo).port, address)
  t.after(() => sender.destroy())
  const [receiver] = (await once(server, 'connection')) as [net.Socket]
  t.after(() => receiver.destroy())
  return { sender, receiver }
}

function descriptorOf(socket: net.Socket): number {
  const handle = Reflect.get(socket, '_handle') as { readonly fd: number }
  return handle.fd
}
