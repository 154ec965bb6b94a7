import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { frame } from '../../src/slab/frame.ts'
import { readRecord, writeRecord } from '../../src/slab/record.ts'
import { RingReader, RingWriter } from '../../src/slab/ring.ts'
import { createSlab, type Slab } from '../../src/slab/slab.ts'
import { readThreadCell, threadCell } from '../../src/slab/thread-cells.ts'
import { exampleRecord } from './example-record.ts'

const ringBytes = 65_536

test('a thread reads whole and in order what another writes at full speed, over many wraps', async () => {
  const slab = createSlab({ threads: 1, ringBytes })
  const count = 100_000
  const producer = startProducer(slab, { count, mayDrop: false })
  const reader = new RingReader(slab, 0)
  let expected = 0
  while (expected < count) {
    for (let at = reader.next(); at !== -1; at = reader.next()) {
      assertIsWhole(reader, at, expected)
      expected++
    }
    reader.release()
    if (expected < count) await nextTurn()
  }
  assert.equal(reader.next(), -1)
  await producer
})

test('records that find the ring full are counted, the others arrive whole', async () => {
  const slab = createSlab({ threads: 1, ringBytes })
  const count = 50_000
  const producer = startProducer(slab, { count, mayDrop: true })
  const state = { isRunning: true }
  void producer.then(() => (state.isRunning = false))
  const reader = new RingReader(slab, 0)
  let seen = 0
  let last = -1
  while (state.isRunning || reader.usedBytes > 0) {
    for (let at = reader.next(); at !== -1; at = reader.next()) {
      const { bytesIn } = readRecord(reader.buffer, at)
      assert.ok(bytesIn > last)
      assertIsWhole(reader, at, bytesIn)
      last = bytesIn
      seen++
    }
    reader.release()
    await nextTurn()
  }
  assert.ok(seen > 0 && seen < count)
  assert.equal(seen + readThreadCell(slab, 0, threadCell.dropped), count)
})

test('a new consumer reads again what the old one did not release, and nothing else', () => {
  const slab = createSlab({ threads: 1, ringBytes })
  const writer = new RingWriter(slab, 0)
  for (let i = 0; i < 4; i++) writeRecord(writer, exampleRecord({ bytesIn: i }))
  const dying = new RingReader(slab, 0)
  dying.next()
  dying.release()
  dying.next()
  assert.deepEqual(drain(new RingReader(slab, 0)), [1, 2, 3])
})

test('a consumer that rewinds reads again from the oldest frame it did not release', () => {
  const slab = createSlab({ threads: 1, ringBytes })
  const writer = new RingWriter(slab, 0)
  for (let i = 0; i < 3; i++) writeRecord(writer, exampleRecord({ bytesIn: i }))
  const reader = new RingReader(slab, 0)
  reader.next()
  reader.release()
  assert.deepEqual(drain(reader), [1, 2])
  reader.rewind()
  assert.deepEqual(drain(reader), [1, 2])
})

test('a frame that its producer did not live to publish is never seen, and a new producer goes on', () => {
  const slab = createSlab({ threads: 1, ringBytes })
  const dying = new RingWriter(slab, 0)
  writeRecord(dying, exampleRecord({ bytesIn: 1 }))
  dying.view.setUint32(dying.reserve(128), 128, true)
  writeRecord(new RingWriter(slab, 0), exampleRecord({ bytesIn: 2 }))
  assert.deepEqual(drain(new RingReader(slab, 0)), [1, 2])
})

test('positions may pass 2^32 without anybody noticing', () => {
  const slab = createSlab({ threads: 1, ringBytes })
  slab.ringPositions.fill(0xffff_ff00 | 0)
  const writer = new RingWriter(slab, 0)
  const reader = new RingReader(slab, 0)
  for (let i = 0; i < 2_000; i++) {
    assert.ok(writeRecord(writer, exampleRecord({ bytesIn: i })))
    assert.deepEqual(drain(reader), [i])
    reader.release()
  }
})

function startProducer(slab: Slab, { count, mayDrop }: { count: number; mayDrop: boolean }): Promise<unknown> {
  const url = new URL('./ring-producer.ts', import.meta.url)
  return once(new Worker(url, { workerData: { shared: slab.shared, count, mayDrop } }), 'exit')
}

function assertIsWhole(reader: RingReader, at: number, number: number): void {
  const record = readRecord(reader.buffer, at)
  assert.equal(record.bytesIn, number)
  assert.equal(record.requestId, String(number))
  assert.equal(record.path, '/' + String(number % 10).repeat(number % 97))
}

function drain(reader: RingReader): number[] {
  const seen: number[] = []
  for (let at = reader.next(); at !== -1; at = reader.next()) {
    seen.push(reader.view.getFloat64(at + frame.bytesIn, true))
  }
  return seen
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
