import type { Slab } from './slab.ts'
import { createSlab } from './slab.ts'

/** One cell per slot, or of no slot. */
const plain = [
  'limits',
  'bandwidths',
  'latencies',
  'recoveries',
  'flowTags',
  'flowCosts',
  'hindrances',
  'failures',
  'breakers',
  'placeLimits',
  'quotas',
  'keyedKeys',
  'keyedTimes',
] as const

/** A column per thread. */
const columns = ['gauges', 'queued', 'tenantConnections'] as const

/**
 * What decides about the next request, as it stands now, in memory of its own with one thread: what is under way in all threads is so in
 * that one. 5 ms; counters of the past are left out.
 */
export function copySlab(from: Slab): Slab {
  const to = createSlab({ threads: 1, ringBytes: 65_536 })
  for (const name of plain) copyTouched(from[name], to[name])
  for (const name of columns) {
    for (let thread = 0; thread < from.threads; thread++) {
      addTouched(from[name].subarray(thread * from.capacity, (thread + 1) * from.capacity), to[name])
    }
  }
  to.seed.set(from.seed)
  return to
}

const pageBytes = 4_096
const untouched = Buffer.alloc(pageBytes)

/** Page by page, so that what was never written takes no memory here either. */
function copyTouched(from: ArrayBufferView, to: ArrayBufferView): void {
  const target = bytesOf(to)
  for (const { at, page } of touchedPages(from)) page.copy(target, at)
}

function addTouched(from: Int32Array, to: Int32Array): void {
  for (const { at, page } of touchedPages(from)) {
    const first = at / from.BYTES_PER_ELEMENT
    const last = first + page.length / from.BYTES_PER_ELEMENT
    for (let slot = first; slot < last; slot++) to[slot] += from[slot]
  }
}

function* touchedPages(cells: ArrayBufferView): Iterable<{ readonly at: number; readonly page: Buffer }> {
  const bytes = bytesOf(cells)
  for (let at = 0; at < bytes.length; at += pageBytes) {
    const page = bytes.subarray(at, at + pageBytes)
    if (!page.equals(untouched.subarray(0, page.length))) yield { at, page }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
