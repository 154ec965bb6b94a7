import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import { eventually } from '../support/eventually.ts'
import { connectRaw } from '../support/raw-connection.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { startProxy } from '../support/start-proxy.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import { startRecordingOrigin } from './corpus/recording-origin.ts'
import type { RecordingOrigin } from './corpus/recording-origin.ts'
import { get, message, post, seen, seenOfOld, smuggled } from './corpus/request-case.ts'

/** A request whose body breaks after a part of it has reached the endpoint. */
interface BrokenUpload {
  readonly name: string
  /** The next one is sent when the endpoint has got what belongs to the one before. */
  readonly parts: readonly (readonly [sent: string, received: string])[]
  /** What breaks it: a text, the end of the client's side, or a reset. */
  readonly end: { readonly text: string } | 'end' | 'reset'
  /** The one answer that the client gets, if any. */
  readonly status?: number
}

const length = 'Content-Length: 100'
const chunked = 'Transfer-Encoding: chunked'
const withLength = [post(length), seen('POST /', length)] as const
const withChunks = [post(chunked), seen('POST /', chunked)] as const
const hello = ['hello', 'hello'] as const
const chunk = ['5\r\nhello\r\n', '5\r\nhello\r\n'] as const

const uploads: readonly BrokenUpload[] = [
  { name: 'a length, and an end before the body', parts: [withLength], end: 'end' },
  { name: 'a length, and a reset before the body', parts: [withLength], end: 'reset' },
  { name: 'a length, and an end within the body', parts: [withLength, hello], end: 'end' },
  { name: 'a length, and a reset within the body', parts: [withLength, hello, hello], end: 'reset' },
  {
    name: 'a length on HTTP/1.0, and an end within the body',
    parts: [[message('POST / HTTP/1.0', length), seenOfOld('POST /', length)], hello],
    end: 'end',
  },
  { name: 'chunks, and an end before the body', parts: [withChunks], end: 'end' },
  { name: 'chunks, and an end between two', parts: [withChunks, chunk], end: 'end' },
  { name: 'chunks, and a reset between two', parts: [withChunks, chunk], end: 'reset' },
  { name: 'chunks, and an end within a size', parts: [withChunks, [`${chunk[0]}1`, chunk[1]]], end: 'end' },
  { name: 'chunks, and an end within one', parts: [withChunks, ['5\r\nhel', '3\r\nhel\r\n']], end: 'end' },
  { name: 'chunks, and an end before the line end of one', parts: [withChunks, ['5\r\nhello', chunk[1]]], end: 'end' },
  { name: 'chunks, and an end within the last one', parts: [withChunks, [`${chunk[0]}0\r\n`, chunk[1]]], end: 'end' },
  { name: 'chunks, and an end one byte too early', parts: [withChunks, [`${chunk[0]}0\r\n\r`, chunk[1]]], end: 'end' },
  {
    name: 'chunks, and an end within the trailers',
    parts: [withChunks, [`${chunk[0]}0\r\nA: b\r\n`, chunk[1]]],
    end: 'reset',
  },
  ...Object.entries({
    'a bad size': 'zz\r\n',
    'a signed size': '-1\r\n',
    'a size that overflows': 'fffffffffffffffff\r\n',
    'a size that ends in LF': '5\nhello\r\n0\r\n\r\n',
    'an empty line': '\r\n0\r\n\r\n',
    'a last chunk that ends in LF': '0\n\n',
    'an extension with LF': '5;a\nb\r\nhello\r\n0\r\n\r\n',
    'extensions that have become too long': `5;${'a'.repeat(1_025)}\r\nhello\r\n0\r\n\r\n`,
    'a trailing length': '0\r\nContent-Length: 5\r\n\r\n',
    'a folded trailer field': '0\r\nA: b\r\n c\r\n\r\n',
    'a request in the trailers': `0\r\n${smuggled}`,
  }).map(([name, text]): BrokenUpload => ({
    name: `chunks, and ${name}`,
    parts: [withChunks, chunk],
    end: { text: text + smuggled },
    status: 400,
  })),
  {
    name: 'chunks, and no line end behind one',
    parts: [withChunks, ['5\r\nhello', chunk[1]]],
    end: { text: `0\r\n\r\n${smuggled}` },
    status: 400,
  },
]

test('a body that breaks half way has no clean end at the endpoint, and nothing behind it is read', async (t) => {
  const origin = await startRecordingOrigin(t)
  const { port } = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  for (const each of uploads) await t.test(each.name, (t) => playUpload(t, { port, origin }, each))
  assert.deepEqual(origin.violations, [])
})

test('a body that proves longer than its route takes is cut off', async (t) => {
  const origin = await startRecordingOrigin(t)
  const { port } = await startProxy(t, {
    tenants: [{ pools: { web: { endpoints: [origin.url] } }, routes: [{ maxBodyBytes: 8 }] }],
  })
  await playUpload(
    t,
    { port, origin },
    {
      name: '',
      parts: [withChunks, chunk],
      end: { text: `4\r\nmore\r\n0\r\n\r\n${smuggled}` },
      status: 413,
    },
  )
})

async function playUpload(
  t: TestContext,
  { port, origin }: { port: number; origin: RecordingOrigin },
  { parts, end, status }: BrokenUpload,
): Promise<void> {
  const before = origin.take()
  assert.equal(before, '')
  const client = await connectRaw(t, port)
  let received = ''
  let wanted = ''
  for (const [sent, expected] of parts) {
    client.write(sent)
    wanted += expected
    await eventually(() => (received += origin.take()).length >= wanted.length)
  }
  const connection = origin.connections.findLast((each) => each.received !== '')
  assert.ok(connection)
  breakOff(client, end)
  await eventually(() => connection.isEnded)
  assert.equal(received + origin.take(), wanted)
  await client.untilEnded()
  assert.equal(statusesOf(client.received).join(), status === undefined ? '' : String(status))
  await assertServes(t, port)
  assert.equal(origin.take(), seen('GET /'))
}

function breakOff(client: RawConnection, end: BrokenUpload['end']): void {
  if (end === 'end') client.end()
  else if (end === 'reset') client.reset()
  else client.write(end.text)
}

function statusesOf(received: string): string[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => match[1])
}

async function assertServes(t: TestContext, port: number): Promise<void> {
  const client = await connectRaw(t, port)
  client.write(get())
  await client.until()
  assert.deepEqual(statusesOf(client.received), ['204'])
  client.end()
}

test('a body that breaks the rules once its answer has begun breaks the answer off, and the record says why', async (t) => {
  const origin = await startRawOrigin(t, async (connection) => {
    await connection.until()
    connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nearly')
  })
  const proxy = await startProxy(t, { tenants: [{ pools: { web: { endpoints: [origin.url] } } }] })
  const client = await connectRaw(t, proxy.port)
  client.write(`${post(chunked)}5\r\nhello\r\n`)
  await client.until('early')
  client.write(`zz\r\n${smuggled}`)
  await client.untilEnded()
  assert.match(client.received, /^HTTP\/1\.1 200 [^]*\r\n\r\nearly$/)
  await origin.connections[0].untilEnded()
  assert.doesNotMatch(origin.connections[0].received, /smuggled|0\r\n\r\n$/)
  await proxy.server.close()
  assert.deepEqual(
    [...queryLog(proxy.folder, {})].map(({ status, code }) => [status, code]),
    [[200, 'bad_request']],
  )
})
