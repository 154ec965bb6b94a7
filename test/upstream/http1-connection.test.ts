import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { collectGarbage } from '../../src/control/collect-garbage.ts'
import { Sweeper } from '../../src/kit/sweeper.ts'
import { Endpoint } from '../../src/upstream/endpoint.ts'
import { ConnectionRoom } from '../../src/upstream/connection-room.ts'
import { BlockPool } from '../../src/wire/block-pool.ts'
import { StuckSockets } from '../../src/wire/stuck-sockets.ts'
import { WriteTurn } from '../../src/wire/write-turn.ts'
import { eventually } from '../support/eventually.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { startRawOrigin } from '../support/start-raw-origin.ts'
import type { RawScript } from '../support/start-raw-origin.ts'
import { forwardRequest, RecordingSink } from './recording-sink.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

const answers: { name: string; answer: string; story: string[]; method?: string; isKept: boolean }[] = [
  { name: 'a sized answer', answer: ok, story: ['head 200', 'data ok', 'end'], isKept: true },
  {
    name: 'a chunked answer, its trailer dropped',
    answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\n!!!\r\n0\r\nX-Sum: 1\r\n\r\n',
    story: ['head 200', 'data ok!!!', 'end'],
    isKept: true,
  },
  {
    name: 'interim answers before the final one',
    answer: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}`,
    story: ['interim 100', 'interim 103', 'head 200', 'data ok', 'end'],
    isKept: true,
  },
  {
    name: 'an answer to HEAD, whatever its length says',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n',
    method: 'HEAD',
    story: ['head 200', 'end'],
    isKept: true,
  },
  {
    name: 'a 204 without a body',
    answer: 'HTTP/1.1 204 No Content\r\n\r\n',
    story: ['head 204', 'end'],
    isKept: true,
  },
  {
    name: 'bytes after the answer burn the connection',
    answer: `${ok}HTTP/1.1 200 OK\r\n`,
    story: ['head 200', 'data ok', 'end'],
    isKept: false,
  },
  {
    name: 'Connection: close burns the connection',
    answer: 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    story: ['head 200', 'data ok', 'end'],
    isKept: false,
  },
  { name: 'garbage', answer: 'SSH-2.0-OpenSSH_9.2\r\n\r\n', story: ['fault endpoint_protocol'], isKept: false },
  {
    name: 'both Content-Length and Transfer-Encoding',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    story: ['fault endpoint_protocol'],
    isKept: false,
  },
  {
    name: '101 that nobody asked for',
    answer: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    story: ['fault endpoint_protocol'],
    isKept: false,
  },
  {
    name: 'nine interim answers',
    answer: 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(9) + ok,
    story: [...Array<string>(8).fill('interim 103'), 'fault endpoint_protocol'],
    isKept: false,
  },
  {
    name: 'a broken chunk after a sound head',
    answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    story: ['head 200', 'fault endpoint_protocol'],
    isKept: false,
  },
]

for (const { name, answer, story, method = 'GET', isKept } of answers) {
  test(name, async (t) => {
    const { endpoint, origin } = await open(t, answer)
    const request = forwardRequest(`${method} / HTTP/1.1\r\nHost: a.test\r\n\r\n`)
    const sink = new RecordingSink(request)
    sink.send(endpoint.open(sink))
    await eventually(() => sink.isOver)
    assert.deepEqual(sink.story, story)

    sink.stream?.release()
    const next = new RecordingSink(request)
    next.send(endpoint.open(next))
    await eventually(() => next.isOver)
    assert.equal(origin.connections.length, isKept ? 1 : 2)
  })

  test(`${name}, byte by byte`, async (t) => {
    const { endpoint } = await open(t, async (connection) => {
      await connection.until()
      await connection.writeSlowly(answer)
    })
    const sink = new RecordingSink(forwardRequest(`${method} / HTTP/1.1\r\nHost: a.test\r\n\r\n`))
    sink.send(endpoint.open(sink))
    await eventually(() => sink.isOver)
    assert.deepEqual(sink.story, story)
  })
}

test('an answer without a length ends when the endpoint closes', async (t) => {
  const { endpoint } = await open(t, async (connection) => {
    await connection.until()
    connection.end('HTTP/1.1 200 OK\r\n\r\nall there is')
  })
  const sink = new RecordingSink()
  sink.send(endpoint.open(sink))
  await eventually(() => sink.isOver)
  assert.deepEqual(sink.story, ['head 200', 'data all there is', 'end'])
})

test('an endpoint that closes early is a fault that may have taken effect', async (t) => {
  const { endpoint } = await open(t, async (connection) => {
    await connection.until()
    connection.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
  })
  const sink = new RecordingSink()
  sink.send(endpoint.open(sink))
  await eventually(() => sink.isOver)
  assert.deepEqual(sink.story, ['head 200', 'data half', 'fault endpoint_closed'])
  assert.deepEqual([sink.fault?.hasSent, sink.fault?.isStale], [true, false])
})

test('a connection that was closed while idle is a stale fault, or is not used at all', async (t) => {
  const { endpoint, origin } = await open(t, ok)
  const first = new RecordingSink()
  first.send(endpoint.open(first))
  await eventually(() => first.isOver)
  first.stream?.release()
  origin.connections[0].reset()
  const second = new RecordingSink()
  second.send(endpoint.open(second))
  await eventually(() => second.isOver)
  assert.equal(second.fault?.isStale ?? true, true)
})

test('bytes on an idle connection burn it', async (t) => {
  const { endpoint, origin } = await open(t, ok)
  const first = new RecordingSink()
  first.send(endpoint.open(first))
  await eventually(() => first.isOver)
  first.stream?.release()
  origin.connections[0].write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison')
  await origin.connections[0].untilEnded()
  const second = new RecordingSink()
  second.send(endpoint.open(second))
  await eventually(() => second.isOver)
  assert.deepEqual(second.story, ['head 200', 'data ok', 'end'])
  assert.equal(origin.connections.length, 2)
})

test('nobody listening is a fault before anything was sent', async (t) => {
  const { thread } = await open(t, ok)
  const endpoint = new Endpoint(
    { url: 'http://127.0.0.1:1', isTls: false, host: '127.0.0.1', address: '127.0.0.1', port: 1 },
    1_000,
    thread,
  )
  const sink = new RecordingSink()
  sink.send(endpoint.open(sink))
  await eventually(() => sink.isOver)
  assert.deepEqual(
    [sink.fault?.code, sink.fault?.hasSent, sink.fault?.detail],
    ['endpoint_connect', false, 'ECONNREFUSED'],
  )
})

test('an endpoint that says nothing times out, and an idle connection goes after its time', async (t) => {
  const { endpoint, origin, sweep } = await open(t, async (connection) => {
    await connection.until()
    connection.write(ok)
  })
  const first = new RecordingSink()
  first.send(endpoint.open(first))
  await eventually(() => first.isOver)
  first.stream?.release()

  const second = new RecordingSink(forwardRequest('GET /second HTTP/1.1\r\nHost: a.test\r\n\r\n'))
  second.send(endpoint.open(second))
  await origin.connections[0].until('second')
  sweep(999)
  assert.equal(second.isOver, false)
  sweep(2)
  assert.deepEqual(second.story, ['fault endpoint_timeout'])
  await origin.connections[0].untilEnded()

  const third = new RecordingSink()
  third.send(endpoint.open(third))
  await eventually(() => third.isOver)
  third.stream?.release()
  sweep(30_001)
  await origin.connections[1].untilEnded()
})

const steps = ['onReady', 'onInterimHead', 'onAnswerHead', 'onAnswerData', 'onAnswerEnd'] as const

for (const step of steps) {
  test(`a defect in ${step} ends that request alone`, async (t) => {
    const { endpoint, origin } = await open(t, `HTTP/1.1 103 Early Hints\r\n\r\n${ok}`)
    const sink = new RecordingSink()
    sink[step] = () => {
      throw new Error(step)
    }
    sink.send(endpoint.open(sink))
    await eventually(() => sink.isOver)
    assert.equal(sink.story.at(-1), `defect Error: ${step}`)
    await origin.connections[0].untilEnded()
  })
}

test('a defect while a fault is told ends that request alone', async (t) => {
  const { thread } = await open(t, ok)
  const endpoint = new Endpoint(
    { url: 'http://127.0.0.1:1', isTls: false, host: '127.0.0.1', address: '127.0.0.1', port: 1 },
    1_000,
    thread,
  )
  const sink = new RecordingSink()
  sink.onFault = () => {
    throw new Error('onFault')
  }
  sink.send(endpoint.open(sink))
  await eventually(() => sink.isOver)
  assert.equal(sink.story.at(-1), 'defect Error: onFault')
})

test('a connection that lies idle holds on to nothing of its last answer', async (t) => {
  const { endpoint } = await open(t, ok)
  const sink = new RecordingSink()
  let head: WeakRef<object> | undefined
  sink.onAnswerHead = (answered) => void (head = new WeakRef(answered))
  sink.send(endpoint.open(sink))
  await eventually(() => sink.isOver)
  sink.stream?.release()
  // A head that was looked at lives until the end of the turn.
  await nextTurn()
  collectGarbage()
  assert.equal(head?.deref(), undefined)
  // It serves again all the same.
  const next = new RecordingSink()
  next.send(endpoint.open(next))
  await eventually(() => next.isOver)
  assert.equal(next.story.at(-1), 'end')
})

test('an endpoint owes no answer while the client is still sending', async (t) => {
  const { endpoint, origin, sweep } = await open(t, (connection) => connection.until())
  const sink = new RecordingSink(forwardRequest('PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\n'))
  sink.endsWithHead = false
  sink.send(endpoint.open(sink))
  await eventually(() => origin.connections[0]?.headCount === 1)
  sweep(60_000)
  sink.stream?.sendBody(Buffer.from('body'), 0, 4)
  sink.stream?.endBody()
  sink.stream?.flush()
  sweep(999)
  assert.deepEqual(sink.story, [])
  sweep(2)
  assert.deepEqual(sink.story, ['fault endpoint_timeout'])
})

test('what an endpoint is sent is put together anew', async (t) => {
  const { endpoint, origin } = await open(t, ok)
  const request = forwardRequest(
    'POST /a//b/../c?x=%7E HTTP/1.1\r\nHost: A.Test\r\nConnection: x-hop, keep-alive\r\nX-Hop: 1\r\nTE: trailers\r\n' +
      'X-Forwarded-For: 6.6.6.6\r\nX-Mtlb-Tenant: evil\r\nX-Real-IP: 6.6.6.6\r\nAccept: */*\r\nContent-Length: 007\r\n\r\n',
  )
  const sink = new RecordingSink(request)
  sink.send(endpoint.open(sink))
  await origin.connections[0]?.until()
  await eventually(() => origin.connections[0]?.headCount === 1)
  assert.deepEqual(origin.connections[0].received.split('\r\n'), [
    'POST /a/c?x=%7E HTTP/1.1',
    'Host: a.test',
    'Accept: */*',
    'Content-Length: 7',
    'X-Forwarded-For: 192.0.2.1',
    'X-Request-Id: id-1',
    'X-Mtlb-Tenant: acme',
    '',
    '',
  ])
})

/** An origin with that script, an endpoint for it, and a clock to sweep with. */
async function open(t: TestContext, script: RawScript) {
  const origin = await startRawOrigin(t, script)
  const clock = fakeClock()
  const sweeper = new Sweeper()
  const readBuffer = Buffer.alloc(64 * 1024)
  const thread = {
    clock,
    sweeper,
    turn: new WriteTurn(),
    blocks: new BlockPool(),
    room: new ConnectionRoom(Infinity),
    stuck: new StuckSockets(clock),
    endpointIdleConnections: 100,
    readBuffer,
    endpointIdleTimeoutMs: 30_000,
  }
  const address = { url: origin.url, isTls: false, host: '127.0.0.1', address: '127.0.0.1', port: origin.port }
  const endpoint = new Endpoint(address, 1_000, thread)
  t.after(() => endpoint.close())
  const sweep = (ms: number) => {
    clock.advance(ms)
    sweeper.sweep(clock.monotonicUs())
  }
  return { origin, endpoint, thread, sweep }
}
