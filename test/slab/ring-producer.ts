// Thread of ring.test.ts: writes numbered records as fast as it can, waiting only when told that none may be dropped.
import { workerData } from 'node:worker_threads'
import { writeRecord } from '../../src/slab/record.ts'
import { RingWriter } from '../../src/slab/ring.ts'
import { attachSlab, type SharedSlab } from '../../src/slab/slab.ts'
import { exampleRecord } from './example-record.ts'

const { shared, count, mayDrop } = workerData as { shared: SharedSlab; count: number; mayDrop: boolean }
const ring = new RingWriter(attachSlab(shared), 0)
for (let i = 0; i < count; i++) {
  const record = numberedRecord(i)
  let isDone = writeRecord(ring, record) || mayDrop
  while (!isDone) isDone = writeRecord(ring, record)
}

function numberedRecord(i: number) {
  // Lengths vary, so that frames meet the ring's end in every way.
  return exampleRecord({ requestId: String(i), bytesIn: i, path: '/' + String(i % 10).repeat(i % 97) })
}
