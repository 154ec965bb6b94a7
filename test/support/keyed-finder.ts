import { parentPort, workerData } from 'node:worker_threads'
import { findKeyedCell } from '../../src/slab/keyed-cells.ts'
import { attachSlab } from '../../src/slab/slab.ts'
import type { SharedSlab } from '../../src/slab/slab.ts'

export interface KeyedFinderData {
  readonly slab: SharedSlab
  readonly thread: number
  readonly owner: number
  readonly values: number
}

const { slab: shared, thread, owner, values } = workerData as KeyedFinderData
const slab = attachSlab(shared)
parentPort?.postMessage(
  Array.from({ length: values }, (_, index) => findKeyedCell(slab, thread, { owner, value: `value ${index}`, now: 0 })),
)
