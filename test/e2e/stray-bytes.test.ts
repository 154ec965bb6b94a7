import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { get, message } from './corpus/request-case.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'

/** What an endpoint sends on a connection on which nothing is asked of it. */
const strays: Readonly<Record<string, string>> = {
  'an answer': poison,
  'the beginning of an answer': 'HTTP/1.1 200 OK\r\nContent-',
  'a byte': '!',
  'an empty line': '\r\n',
  'an interim answer': 'HTTP/1.1 100 Continue\r\n\r\n',
  'a 408 as some servers send it': 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n',
  'an answer too long for one read': poison + 'x'.repeat(200_000),
}

for (const [name, stray] of Object.entries(strays)) {
  test(`${name} on an idle connection burns it and reaches nobody`, async (t) => {
    const origin = await startRawOrigin(t, ok)
    const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
    const client = await connectRaw(t, port)
    client.write(get())
    await client.until('ok')
    origin.connections[0].write(stray)
    await origin.connections[0].untilEnded()
    client.write(get('A: b'))
    await eventually(() => client.received.match(/\r\n\r\nok/g)?.length === 2)
    assert.equal(client.received.match(/HTTP\/1\.1/g)?.length, 2)
    assert.equal(origin.connections.length, 2)
  })
}

/** Bodies where none may be, which come later than their heads. */
for (const [name, request, head] of [
  ['HEAD', message('HEAD / HTTP/1.1'), 'HTTP/1.1 200 OK\r\nContent-Length: 51\r\n\r\n'],
  ['a 204', get(), 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['a 304', get(), 'HTTP/1.1 304 Not Modified\r\nContent-Length: 51\r\n\r\n'],
] as const) {
  test(`a late body of an answer to ${name} burns the connection and reaches nobody`, async (t) => {
    const origin = await startRawOrigin(t, (connection, index) =>
      connection.onHead(() => connection.write(index === 0 ? head : ok)),
    )
    const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
    const client = await connectRaw(t, port)
    client.write(request)
    await client.until()
    origin.connections[0].write(poison)
    await origin.connections[0].untilEnded()
    client.write(get())
    await client.until('ok')
    assert.doesNotMatch(client.received, /poison/)
  })
}

/** Answers that break after their first part has gone out: `rest` follows when the client has it, then the connection ends. */
const breaks: readonly (readonly [name: string, first: string, rest: string])[] = [
  ['a length and an end', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst', ''],
  ['chunks and an end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n', ''],
  [
    'chunks and an end within the last one',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n',
    '0\r\n',
  ],
  ['chunks and garbage', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n', 'zz\r\n'],
  ['chunks and LF', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst', '\n0\r\n\r\n'],
  [
    'chunks and a trailing length',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n',
    '0\r\nContent-Length: 5\r\n\r\n',
  ],
]

for (const version of ['HTTP/1.1', 'HTTP/1.0']) {
  for (const [name, first, rest] of breaks) {
    test(`an answer with ${name} is seen to break off by an ${version} client`, async (t) => {
      const origin = await startRawOrigin(t, async (connection) => {
        await connection.until()
        connection.write(first)
      })
      const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
      const client = await connectRaw(t, port)
      client.write(message(`GET / ${version}`))
      await client.until('first')
      origin.connections[0].end(rest)
      await client.untilEnded()
      await origin.connections[0].untilEnded()
      const isFramed = /\r\n(?:Content-Length: 100|Transfer-Encoding: chunked)\r\n/.test(client.received)
      assert.doesNotMatch(client.received, /\r\n0\r\n/)
      // Without a length, an end in good order would be the end of the answer.
      assert.ok(isFramed || client.isReset, 'a clean end')
    })
  }
}
