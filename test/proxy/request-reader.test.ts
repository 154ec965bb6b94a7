import assert from 'node:assert/strict'
import test from 'node:test'
import type { Exchange } from '../../src/proxy/exchange.ts'
import { mostRequestsPerTurn, RequestReader } from '../../src/proxy/request-reader.ts'
import type { RequestSink } from '../../src/proxy/request-reader.ts'
import type { ParseError } from '../../src/wire/http1/parse-error.ts'
import type { RequestHead } from '../../src/wire/http1/request-head.ts'

const chunked = 'POST /a HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'
const sized = 'PUT /b HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nwxyz'
const empty = 'GET /c HTTP/1.1\r\nHost: a.test\r\n\r\n'
const allThree = ['POST /a', 'body abcde', 'end', 'PUT /b', 'body wxyz', 'end', 'GET /c']

test('requests are told apart however the bytes are cut', () => {
  const bytes = Buffer.from(chunked + sized + empty)
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const sink = new Sink()
    sink.reader.read(bytes.subarray(0, cut))
    sink.reader.read(bytes.subarray(cut))
    assert.deepEqual(sink.story, allThree, `cut at ${cut}`)
  }
})

test('the same byte by byte', () => {
  const sink = new Sink()
  for (const byte of Buffer.from(chunked + sized + empty)) sink.reader.read(Buffer.from([byte]))
  assert.deepEqual(sink.story, allThree)
})

test('a line that comes in drops is refused once it is too long', () => {
  const sink = new Sink()
  sink.reader.read(Buffer.from('GET / HTTP/1.1\r\nHost: a.test\r\nX: '))
  for (let sent = 0; sent < 16 && sink.story.length === 0; sent += 1) sink.reader.read(Buffer.alloc(1_024, 'x'))
  assert.deepEqual(sink.story, ['refused 431'])
})

test('a body waits until the exchange takes it, and the next request until the exchange has ended', () => {
  const sink = new Sink()
  sink.wantsBody = false
  sink.endsWithBody = false
  sink.reader.read(Buffer.from(sized + empty))
  assert.deepEqual(sink.story, ['PUT /b'])
  assert.ok(sink.reader.hasWaiting)
  sink.take()
  assert.deepEqual(sink.story, ['PUT /b', 'body wxyz', 'end'])
  sink.exchange = undefined
  sink.reader.readWaiting()
  assert.deepEqual(sink.story, ['PUT /b', 'body wxyz', 'end', 'GET /c'])
})

test('no request is begun while the client does not take its answers', () => {
  const sink = new Sink()
  sink.isClogged = true
  sink.reader.read(Buffer.from(empty + empty))
  assert.deepEqual(sink.story, [])
  sink.isClogged = false
  sink.reader.readWaiting()
  assert.deepEqual(sink.story, ['GET /c', 'GET /c'])
})

test('so many requests are begun in one turn, and the rest in those that follow', () => {
  const sink = new Sink()
  sink.reader.read(Buffer.from(empty.repeat(40)))
  sink.reader.read(Buffer.from(empty.repeat(40)))
  sink.reader.readWaiting()
  assert.equal(sink.story.length, mostRequestsPerTurn)
  assert.ok(sink.fullTurns > 0)
  for (const begun of [64, 80]) {
    sink.turn += 1
    sink.reader.readWaiting()
    assert.equal(sink.story.length, begun)
  }
  sink.fullTurns = 0
  sink.turn += 1
  sink.reader.read(Buffer.from(empty.repeat(mostRequestsPerTurn)))
  assert.equal(sink.story.length, 80 + mostRequestsPerTurn)
  assert.equal(sink.fullTurns, 0)
})

test('the rest of a body whose exchange has ended is thrown away', () => {
  const sink = new Sink()
  sink.wantsBody = false
  sink.reader.read(Buffer.from(sized.slice(0, -2)))
  sink.exchange = undefined
  sink.reader.readWaiting()
  assert.equal(sink.reader.remaining, 2)
  sink.reader.read(Buffer.from('yz' + empty))
  assert.deepEqual(sink.story, ['PUT /b', 'GET /c'])
})

test('nothing after a malformed head or body is read', () => {
  const head = new Sink()
  head.reader.read(Buffer.from('GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: +1\r\n\r\n' + empty))
  assert.deepEqual(head.story, ['refused 400'])

  const body = new Sink()
  body.reader.read(Buffer.from(chunked.replace('3\r\n', 'x\r\n') + empty))
  assert.deepEqual(body.story, ['POST /a', 'broken 400'])
})

/** Writes down what it is told; an exchange that has no say but whether it takes its body. */
class Sink implements RequestSink {
  readonly reader = new RequestReader(this)
  readonly story: string[] = []
  exchange: Exchange | undefined = undefined
  isClogged = false
  underscoreNames = 'drop' as const
  isClosing = false
  wantsBody = true
  endsWithBody = true
  turn = 0
  fullTurns = 0

  onRequestHead(head: RequestHead): void {
    this.story.push(`${head.method} ${head.path}`)
    if (this.reader.isBodyDone) return
    this.exchange = this.#exchange() as Exchange
  }

  onMalformedHead(error: ParseError): void {
    this.story.push(`refused ${error.status}`)
    this.isClosing = true
  }

  onMalformedBody(error: ParseError): void {
    this.story.push(`broken ${error.status}`)
    this.isClosing = true
  }

  onTurnFull(): void {
    this.fullTurns += 1
  }

  take(): void {
    this.wantsBody = true
    this.exchange = this.#exchange() as Exchange
    this.reader.readWaiting()
  }

  #exchange(): Pick<Exchange, 'wantsBody' | 'onBody' | 'onBodyEnd'> {
    const { story } = this
    return {
      wantsBody: this.wantsBody,
      onBody: (bytes, start, end) => {
        const text = bytes.toString('latin1', start, end)
        if (story.at(-1)?.startsWith('body ')) story[story.length - 1] += text
        else story.push(`body ${text}`)
      },
      onBodyEnd: () => {
        story.push('end')
        if (this.endsWithBody) this.exchange = undefined
      },
    }
  }
}
