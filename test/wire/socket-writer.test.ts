import assert from 'node:assert/strict'
import test from 'node:test'
import { BlockPool } from '../../src/wire/block-pool.ts'
import { SocketWriter } from '../../src/wire/socket-writer.ts'
import type { OutputSocket } from '../../src/wire/socket-writer.ts'
import { WriteTurn } from '../../src/wire/write-turn.ts'

/** A socket that takes everything at once. */
class Taker implements OutputSocket {
  readonly writes: string[] = []
  writableLength = 0
  writableNeedDrain = false

  write(bytes: Buffer): void {
    this.writes.push(bytes.toString('latin1'))
  }

  writeText(text: string): void {
    this.writes.push(text)
  }
}

function create(thread = { turn: new WriteTurn(), blocks: new BlockPool() }) {
  const socket = new Taker()
  return { socket, thread, writer: new SocketWriter(socket, thread) }
}

const turnEnds = () => new Promise((resolve) => setImmediate(resolve))

test('what was sent in one turn of the event loop leaves in one write, at its end', async () => {
  const { socket, writer } = create()
  writer.addText('head\r\n')
  writer.addBytes(Buffer.from('xxbodyxx'), 2, 6)
  writer.send()
  writer.addText('next')
  writer.send()
  assert.deepEqual(socket.writes, [])
  await turnEnds()
  assert.deepEqual(socket.writes, ['head\r\nbodynext'])
  assert.equal(writer.sentBytes, 14)
})

test('a large part leaves at once, behind what was gathered before it, and is copied', async () => {
  const { socket, writer } = create()
  const part = Buffer.alloc(20_000, 'a')
  writer.addText('head')
  writer.addChunk(part, 0, part.length)
  part.fill('b')
  writer.send()
  await turnEnds()
  assert.equal(socket.writes.join(''), `head4e20\r\n${'a'.repeat(20_000)}\r\n`)
  assert.equal(writer.sentBytes, 20_012)
})

test('what waits never grows beyond 16 KiB', () => {
  const { socket, writer } = create()
  for (let sent = 0; sent < 100; sent += 1) {
    writer.addText('x'.repeat(1_000))
    writer.send()
  }
  assert.ok(socket.writes.length >= 6)
  assert.ok(socket.writes.every((text) => text.length <= 16 * 1024))
})

test('a message of more than 16 KiB leaves at once, behind what waits', () => {
  const { socket, writer } = create()
  writer.addText('small')
  writer.send()
  for (let part = 0; part < 2_000; part += 1) writer.addChunk(Buffer.from('0123456789'), 0, 10)
  assert.deepEqual(socket.writes, [])
  writer.send()
  assert.deepEqual(socket.writes, ['small', 'a\r\n0123456789\r\n'.repeat(2_000)])
})

test('after 64 writers nobody waits for the end of the turn', () => {
  const { thread } = create()
  const all = Array.from({ length: 64 }, () => create(thread))
  for (const { writer } of all) {
    writer.addText('x')
    writer.send()
  }
  assert.ok(all.every(({ socket }) => socket.writes.length === 1))
})

test('an abandoned writer sends nothing more, a discarded message alone is forgotten', async () => {
  const { socket, writer } = create()
  writer.addText('sent')
  writer.send()
  writer.addText('gathered')
  writer.discard()
  await turnEnds()
  assert.deepEqual(socket.writes, ['sent'])
  writer.addText('sent')
  writer.send()
  writer.addText('gathered')
  writer.abandon()
  await turnEnds()
  assert.deepEqual(socket.writes, ['sent'])
})

test('gathered bytes of one writer never leave with those of another', async () => {
  const { thread, socket, writer } = create()
  const other = create(thread)
  writer.addText('one')
  other.writer.addText('other')
  writer.addBytes(Buffer.from([0, 127, 128, 255]), 0, 4)
  other.writer.send()
  writer.send()
  await turnEnds()
  assert.deepEqual([socket.writes, other.socket.writes], [['one\x00\x7f\x80\xff'], ['other']])
})

test('the memory of a large part is used again once it is taken, and not before', () => {
  const { socket, thread, writer } = create()
  const part = Buffer.alloc(20_000)
  const blocks = new Set<ArrayBufferLike>()
  socket.write = (bytes) => {
    blocks.add(bytes.buffer)
  }
  writer.addBytes(part, 0, part.length)
  writer.addBytes(part, 0, part.length)
  assert.equal(blocks.size, 1)
  socket.writableLength = 1
  writer.addBytes(part, 0, part.length)
  create(thread).writer.addBytes(part, 0, part.length)
  writer.addBytes(part, 0, part.length)
  assert.equal(blocks.size, 2)
})
