import { parentPort, workerData } from 'node:worker_threads'
import { inFlight, leave } from '../../src/slab/gauges.ts'
import { enterBelow } from '../../src/slab/places.ts'
import { attachSlab } from '../../src/slab/slab.ts'
import type { SharedSlab } from '../../src/slab/slab.ts'

export interface PlaceTakerData {
  readonly slab: SharedSlab
  readonly thread: number
  readonly slot: number
  readonly most: number
  readonly tries: number
}

const data = workerData as PlaceTakerData
const { thread, slot, most, tries } = data
const slab = attachSlab(data.slab)
let mostSeen = 0
let taken = 0
for (let attempt = 0; attempt < tries; attempt++) {
  if (!enterBelow(slab, thread, slot, most)) continue
  taken += 1
  mostSeen = Math.max(mostSeen, inFlight(slab, slot))
  leave(slab, thread, slot)
}
parentPort?.postMessage({ mostSeen, taken })
