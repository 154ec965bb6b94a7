import { frame } from '../slab/frame.ts'
import type { RingReader } from '../slab/ring.ts'
import { maxChunkBytes, maxChunkRecords } from './chunk.ts'
import { dayNumber } from './day.ts'

/** Records of one tenant and one day, still lying in the rings. */
export interface Run {
  /** Number of the UTC day. */
  readonly day: number
  readonly tenantId: number
  /** Which ring a frame lies in, and where; parallel. */
  readonly threads: number[]
  readonly offsets: number[]
  bytes: number
}

/**
 * Takes up to that many records from the rings and groups them, without decoding or copying them. The rings are not
 * released: until they are, a reader that rewinds finds the same records again.
 */
export function collectRuns(readers: readonly RingReader[], maxRecords: number): Run[] {
  const closed: Run[] = []
  const open = new Map<number, Run>()
  let left = maxRecords
  for (let thread = 0; thread < readers.length; thread++) {
    const { view } = readers[thread]
    let run: Run | undefined
    while (left > 0) {
      const at = readers[thread].next()
      if (at === -1) break
      left--
      const tenantId = view.getUint32(at + frame.tenantId, true)
      const day = dayNumber(view.getFloat64(at + frame.timeMs, true))
      const frameBytes = view.getUint32(at + frame.bytes, true)
      if (run === undefined || run.tenantId !== tenantId || run.day !== day || isFull(run, frameBytes)) {
        run = findRun(open, closed, { tenantId, day, frameBytes })
      }
      run.threads.push(thread)
      run.offsets.push(at)
      run.bytes += frameBytes
    }
  }
  return closed.concat([...open.values()])
}

/** Copies a run's frames one after another into `into`, which has room for a chunk. Returns the part that is filled. */
export function copyRun(run: Run, readers: readonly RingReader[], into: Buffer): Buffer {
  let length = 0
  for (let i = 0; i < run.offsets.length; i++) {
    const { buffer, view } = readers[run.threads[i]]
    const at = run.offsets[i]
    length += buffer.copy(into, length, at, at + view.getUint32(at + frame.bytes, true))
  }
  return into.subarray(0, length)
}

function findRun(
  open: Map<number, Run>,
  closed: Run[],
  { tenantId, day, frameBytes }: { tenantId: number; day: number; frameBytes: number },
): Run {
  // Ids are below 2^32 and there are fewer than 2^21 days until 9999, so one number is exact and cheap to look up.
  const key = tenantId * 2 ** 21 + day
  const found = open.get(key)
  if (found !== undefined && !isFull(found, frameBytes)) return found
  if (found !== undefined) closed.push(found)
  const run: Run = { day, tenantId, threads: [], offsets: [], bytes: 0 }
  open.set(key, run)
  return run
}

function isFull(run: Run, frameBytes: number): boolean {
  return run.offsets.length >= maxChunkRecords || run.bytes + frameBytes > maxChunkBytes
}
