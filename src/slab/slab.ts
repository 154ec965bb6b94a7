import { randomInt } from 'node:crypto'
import { addressCapacity, addressWords } from './address-counts.ts'
import { keyedCapacity, keyedLocks, keyedWords } from './keyed-cells.ts'
import {
  createLayout,
  gaugeBlocks,
  gaugeLocks,
  limitLockWords,
  outcomeWords,
  quotaCapacity,
  quotaWords,
  reasonWords,
  ringPositionWords,
  statsBytes,
  threadCellWords,
  turnaroundWords,
} from './layout.ts'
import type { SlabLayout } from './layout.ts'
import { lockWords } from './lock.ts'

/** What goes to another thread through `workerData`. */
export interface SharedSlab {
  readonly buffer: SharedArrayBuffer
  readonly layout: SlabLayout
}

/** One thread's views of the shared memory. Every thread has its own `Slab` over the same buffer. */
export interface Slab {
  readonly shared: SharedSlab
  readonly threads: number
  readonly capacity: number
  readonly ringBytes: number
  /** One limiter cell per slot, under the lock of its tenant or pool in `limitLocks`; see limit/gcra.ts. */
  readonly limits: Float64Array
  /** Two cells per slot: until when a bandwidth is taken, up and down; see limit/shaper.ts. */
  readonly bandwidths: BigInt64Array
  /** One cell per slot: how long an endpoint takes to answer; see latency.ts. */
  readonly latencies: Float64Array
  /** The same memory as `latencies`, for compare-exchange. */
  readonly latencyBits: BigInt64Array
  /** One cell per slot: when an endpoint was last freed of all hindrances, in microseconds of the clock; see hindrances.ts. */
  readonly recoveries: Float64Array
  /** Exchanges in flight, at `thread * capacity + slot`; a column has one writer. */
  readonly gauges: Int32Array
  /** How often a gauge of each block of slots has moved, at `thread * gaugeBlocks + block`; wraps. */
  readonly gaugeMoves: Int32Array
  /** Who takes the last place of a bounded gauge: 16 words each; see places.ts. */
  readonly gaugeLocks: Int32Array
  /** Exchanges that wait for a place in a pool, as `gauges`; see pool-queue.ts. */
  readonly queued: Int32Array
  /** Which key the first of them has; of use where somebody waits. */
  readonly queueKeys: Float64Array
  /** Since when it does, in microseconds of the clock; 0: nobody waits. */
  readonly queuedSince: Float64Array
  /** One cell per slot: virtual time of a pool that tenants share, or where a tenant's part of it has got to; see fair-queue.ts. */
  readonly flowTags: Float64Array
  /** One cell per slot: how long a request of a tenant's part holds its place, in microseconds. */
  readonly flowCosts: Float64Array
  /** One cell per slot: what speaks against using an endpoint, in bits; see hindrances.ts. */
  readonly hindrances: Int32Array
  /** One word, which moves whenever a cell of `hindrances` does. */
  readonly hindranceMoves: Int32Array
  /** One cell per slot: requests that an endpoint has failed in a row; see failures.ts. */
  readonly failures: Int32Array
  /** Requests that were answered or failed, in four words at `(thread * capacity + slot) * 4`; see outcomes.ts. */
  readonly outcomes: Uint32Array
  /** One cell per slot: where a circuit breaker stands; see breakers.ts. */
  readonly breakers: Int32Array
  /** One cell per slot: requests that a pool serves at once, where it is adaptive; see turnarounds.ts. */
  readonly placeLimits: Int32Array
  /** How long answers take to begin, in two words at `(thread * capacity + slot) * 2`; see turnarounds.ts. */
  readonly turnarounds: Float64Array
  /** Open client connections of each tenant, as `gauges`; see connection-counts.ts. */
  readonly tenantConnections: Int32Array
  /** Per thread, 16 words each; see thread-cells.ts. */
  readonly threadCells: Int32Array
  /** Per thread, 64 words each; see ring.ts. */
  readonly ringPositions: Int32Array
  /** One word; see connection-counts.ts. */
  readonly connectionLock: Int32Array
  /** Of the hash of addresses: two words, random. */
  readonly seed: Int32Array
  /** Connections by client address; see address-counts.ts. */
  readonly addresses: Int32Array
  /** Whose cells of `keyedTimes` are, in four words each; see keyed-cells.ts. */
  readonly keyedKeys: Int32Array
  readonly keyedLocks: Int32Array
  /** Of what limits count; see limit-locks.ts. */
  readonly limitLocks: Int32Array
  /** What is used of quotas, under the lock of their tenant in `limitLocks`; see limit/quota.ts. */
  readonly quotas: Float64Array
  /** Limiter cells, one for each client and the like. */
  readonly keyedTimes: Float64Array
  /** Counter words of all statistics blocks; see stats.ts. */
  readonly counts: Uint32Array
  /** The same memory as `counts`, as doubles: byte totals. */
  readonly bytes: Float64Array
  /** Refused requests of each slot by reason, of all threads together; see stats.ts. */
  readonly reasons: Uint32Array
}

/**
 * Allots shared memory for that many data threads and maps its pages lazily: with 16 threads the buffer is 2.2 GiB
 * and adds 0.1 MiB to the process until slots are used (measured by the test). The kernel hands out zeroed pages.
 */
export function createSlab({ threads, ringBytes = 8 * 2 ** 20 }: { threads: number; ringBytes?: number }): Slab {
  const layout = createLayout(threads, ringBytes)
  const slab = attachSlab({ buffer: new SharedArrayBuffer(layout.byteLength), layout })
  slab.seed.set([randomInt(2 ** 32), randomInt(2 ** 32)])
  return slab
}

/** Views of a slab that another thread created. */
export function attachSlab(shared: SharedSlab): Slab {
  const { buffer, layout } = shared
  const { threads, capacity, ringBytes } = layout
  const statsTotalBytes = threads * capacity * statsBytes
  return {
    shared,
    threads,
    capacity,
    ringBytes,
    limits: new Float64Array(buffer, layout.limitsAt, capacity),
    bandwidths: new BigInt64Array(buffer, layout.bandwidthsAt, 2 * capacity),
    latencies: new Float64Array(buffer, layout.latenciesAt, capacity),
    latencyBits: new BigInt64Array(buffer, layout.latenciesAt, capacity),
    recoveries: new Float64Array(buffer, layout.recoveriesAt, capacity),
    gauges: new Int32Array(buffer, layout.gaugesAt, threads * capacity),
    gaugeMoves: new Int32Array(buffer, layout.gaugeMovesAt, threads * gaugeBlocks),
    gaugeLocks: new Int32Array(buffer, layout.gaugeLocksAt, gaugeLocks * lockWords),
    queued: new Int32Array(buffer, layout.queuedAt, threads * capacity),
    queueKeys: new Float64Array(buffer, layout.queueKeysAt, threads * capacity),
    queuedSince: new Float64Array(buffer, layout.queuedSinceAt, threads * capacity),
    flowTags: new Float64Array(buffer, layout.flowTagsAt, capacity),
    flowCosts: new Float64Array(buffer, layout.flowCostsAt, capacity),
    hindrances: new Int32Array(buffer, layout.hindrancesAt, capacity),
    hindranceMoves: new Int32Array(buffer, layout.hindranceMovesAt, 1),
    failures: new Int32Array(buffer, layout.failuresAt, capacity),
    outcomes: new Uint32Array(buffer, layout.outcomesAt, threads * capacity * outcomeWords),
    breakers: new Int32Array(buffer, layout.breakersAt, capacity),
    placeLimits: new Int32Array(buffer, layout.placeLimitsAt, capacity),
    turnarounds: new Float64Array(buffer, layout.turnaroundsAt, threads * capacity * turnaroundWords),
    tenantConnections: new Int32Array(buffer, layout.tenantConnectionsAt, threads * capacity),
    threadCells: new Int32Array(buffer, layout.threadCellsAt, threads * threadCellWords),
    ringPositions: new Int32Array(buffer, layout.ringPositionsAt, threads * ringPositionWords),
    connectionLock: new Int32Array(buffer, layout.connectionLockAt, 1),
    seed: new Int32Array(buffer, layout.connectionLockAt + 4, 2),
    addresses: new Int32Array(buffer, layout.addressesAt, addressCapacity * addressWords(threads)),
    keyedKeys: new Int32Array(buffer, layout.keyedKeysAt, keyedCapacity * keyedWords),
    keyedLocks: new Int32Array(buffer, layout.keyedLocksAt, keyedLocks * lockWords),
    limitLocks: new Int32Array(buffer, layout.limitLocksAt, limitLockWords),
    quotas: new Float64Array(buffer, layout.quotasAt, quotaCapacity * quotaWords),
    keyedTimes: new Float64Array(buffer, layout.keyedTimesAt, keyedCapacity),
    counts: new Uint32Array(buffer, layout.statsAt, statsTotalBytes / 4),
    bytes: new Float64Array(buffer, layout.statsAt, statsTotalBytes / 8),
    reasons: new Uint32Array(buffer, layout.reasonsAt, capacity * reasonWords),
  }
}
