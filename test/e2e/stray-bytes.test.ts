import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
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

test('bytes on an idle connection burn it and reach nobody', async (t) => {
  const { origin, port } = await startScripted(t)
  for (const [name, stray] of Object.entries(strays)) {
    await t.test(name, async (t) => {
      const client = await connectRaw(t, port)
      client.write(get())
      await client.until('ok')
      const idle = origin.connections.at(-1)
      assert.ok(idle)
      const count = origin.connections.length
      idle.write(stray)
      await idle.untilEnded()
      client.write(get('A: b'))
      await eventually(() => client.received.match(/\r\n\r\nok/g)?.length === 2)
      assert.equal(client.received.match(/HTTP\/1\.1/g)?.length, 2)
      assert.equal(origin.connections.length, count + 1)
      client.end()
    })
  }
})

/** Bodies where none may be, which come later than their heads. */
const lateBodies: readonly (readonly [name: string, request: string, head: string])[] = [
  ['HEAD', message('HEAD / HTTP/1.1'), 'HTTP/1.1 200 OK\r\nContent-Length: 51\r\n\r\n'],
  ['a 204', get(), 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['a 304', get(), 'HTTP/1.1 304 Not Modified\r\nContent-Length: 51\r\n\r\n'],
]

test('a late body of an answer without one burns the connection and reaches nobody', async (t) => {
  const { origin, port, script } = await startScripted(t)
  for (const [name, request, head] of lateBodies) {
    await t.test(name, async (t) => {
      script.answer = head
      const client = await connectRaw(t, port)
      client.write(request)
      await client.until()
      const idle = origin.connections.at(-1)
      assert.ok(idle)
      idle.write(poison)
      await idle.untilEnded()
      script.answer = ok
      client.write(get())
      await client.until('ok')
      assert.doesNotMatch(client.received, /poison/)
      client.end()
    })
  }
})

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

test('an answer that breaks off is seen to break off', async (t) => {
  const { origin, port, script } = await startScripted(t)
  for (const version of ['HTTP/1.1', 'HTTP/1.0']) {
    for (const [name, first, rest] of breaks) {
      await t.test(`${name}, by an ${version} client`, async (t) => {
        script.answer = first
        const client = await connectRaw(t, port)
        client.write(message(`GET / ${version}`))
        await client.until('first')
        const endpoint = origin.connections.at(-1)
        assert.ok(endpoint)
        endpoint.end(rest)
        await client.untilEnded()
        await endpoint.untilEnded()
        const isFramed = /\r\n(?:Content-Length: 100|Transfer-Encoding: chunked)\r\n/.test(client.received)
        assert.doesNotMatch(client.received, /\r\n0\r\n/)
        // Without a length, an end in good order would be the end of the answer.
        assert.ok(isFramed || client.isReset, 'a clean end')
      })
    }
  }
})

/** An endpoint that answers every request with what the script says at the time. */
async function startScripted(t: TestContext) {
  const script = { answer: ok }
  const origin = await startRawOrigin(t, (connection) => connection.onHead(() => connection.write(script.answer)))
  const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  return { origin, port, script }
}
