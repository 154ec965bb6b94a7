import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openRawClient } from './raw-client.ts'

test('a raw client reads pipelined answers of every framing, and sees the close', async (t) => {
  const client = await openRawClient(
    t,
    await startTalker(t, [
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a:  2 \r\n\r\nhello',
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n',
      'HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.0 502 Bad Gateway\r\n\r\nuntil the end',
    ]),
  )
  client.send('go')
  assert.equal((await client.readResponse()).status, 100)
  const first = await client.readResponse()
  assert.equal(first.fields.get('x-a'), '1, 2')
  assert.equal(first.body.toString(), 'hello')
  assert.equal((await client.readResponse({ method: 'HEAD' })).fields.get('content-length'), '99')
  const chunked = await client.readResponse()
  assert.deepEqual([chunked.reason, chunked.body.toString()], ['', 'abc0123456789'])
  assert.equal((await client.readResponse()).reason, 'No Content')
  assert.equal((await client.readResponse()).body.toString(), 'until the end')
  await client.closed
  assert.equal(client.unread.length, 0)
  await assert.rejects(client.readResponse(), /closed without a whole response/)
})

test('a raw client does not take half an answer for one', async (t) => {
  const client = await openRawClient(t, await startTalker(t, ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell']))
  client.send('go')
  await assert.rejects(client.readResponse(), /closed without a whole response/)
})

/** Says the parts one after another, each in its own write, when it hears something; then closes. */
async function startTalker(t: TestContext, parts: string[]): Promise<number> {
  const server = net.createServer((socket) => {
    socket.once('data', () => {
      for (const part of parts) socket.write(part)
      socket.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}
