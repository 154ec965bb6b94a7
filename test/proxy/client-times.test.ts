import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RawScript } from '../support/start-raw-origin.ts'
import { startClient, turns } from './start-client.ts'

const get = 'GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n'
const post = (fields: string) => `POST / HTTP/1.1\r\nHost: acme.test\r\n${fields}\r\n\r\n`
const lost = (fields: string) => `POST / HTTP/1.1\r\nHost: nobody.test\r\n${fields}\r\n\r\n`
const answers: RawScript = (connection) =>
  connection.onHead((head) => {
    if (head.startsWith('GET')) connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })

interface Wait {
  readonly name: string
  readonly sends: string
  /** Sent again and again, every second; it must not help. */
  readonly drips?: string
  /** After so many seconds it is over, and not a tenth of a second before. */
  readonly seconds: number
  /** What it has received then. */
  readonly received: RegExp
}

const timedOut = /^HTTP\/1\.1 408 [^]*\r\nConnection: close\r\n[^]*"code":"request_timeout"/
const waits: readonly Wait[] = [
  { name: 'nothing', sends: '', seconds: 10, received: /^$/ },
  { name: 'half a request line', sends: 'GET / HT', seconds: 10, received: timedOut },
  {
    name: 'half a request line of HEAD',
    sends: 'HEAD / HT',
    seconds: 10,
    received: /^HTTP\/1\.1 408 (?:.+\r\n)+\r\n$/,
  },
  { name: 'a head in drops', sends: 'GET / HTTP/1.1\r\nX: ', drips: 'x', seconds: 10, received: timedOut },
  {
    name: 'a head line by line',
    sends: 'GET / HTTP/1.1\r\nHost: acme.test\r\n',
    drips: 'X: x\r\n',
    seconds: 10,
    received: timedOut,
  },
  { name: 'nothing after its answer', sends: get, seconds: 15, received: /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/ },
  {
    name: 'half a head after its answer',
    sends: `${get}GET /`,
    drips: 'x',
    seconds: 10,
    received: /\r\n\r\nokHTTP\/1\.1 408 /,
  },
  { name: 'half a body', sends: `${post('Content-Length: 10')}01234`, seconds: 10, received: timedOut },
  { name: 'no body', sends: post('Transfer-Encoding: chunked'), seconds: 10, received: timedOut },
  {
    name: 'chunks of one byte',
    sends: post('Transfer-Encoding: chunked'),
    drips: '1\r\nx\r\n',
    seconds: 10,
    received: timedOut,
  },
  {
    name: 'the extension of a chunk in drops',
    sends: `${post('Transfer-Encoding: chunked')}1;`,
    drips: 'x',
    seconds: 10,
    received: timedOut,
  },
  {
    name: 'a trailer in drops',
    sends: `${post('Transfer-Encoding: chunked')}0\r\nX: `,
    drips: 'x',
    seconds: 10,
    received: timedOut,
  },
  {
    name: 'no body after its request was refused',
    sends: lost('Content-Length: 1000'),
    drips: 'x',
    seconds: 10,
    received: /^HTTP\/1\.1 404 /,
  },
]

for (const { name, sends, drips = '', seconds, received } of waits) {
  test(`a client that sends ${name} is over after ${seconds} s`, async (t) => {
    const { client, pass } = await startClient(t, answers)
    client.write(sends)
    await turns()
    for (let second = 1; second < seconds; second += 1) {
      await pass(1_000)
      client.write(drips)
      await turns()
    }
    await pass(900)
    assert.equal(client.isEnded, false)
    // A drop of a body buys it a little time.
    await pass(600)
    await client.untilEnded()
    assert.match(client.received, received)
  })
}

test('a client that sends 240 bytes a second of its body is not over, one that sends less is', async (t) => {
  for (const [bytes, isLate] of [
    [240, false],
    [200, true],
  ] as const) {
    const { client, pass } = await startClient(t, answers)
    client.write(post('Content-Length: 1000000'))
    await turns()
    for (let second = 1; second <= 80; second += 1) {
      await pass(1_000)
      client.write('x'.repeat(bytes))
      await turns()
    }
    assert.equal(client.isEnded, isLate, `${bytes} bytes`)
  }
})
