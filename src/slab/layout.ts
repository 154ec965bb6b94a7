import { addressCapacity, addressWords } from './address-counts.ts'
import { keyedCapacity, keyedLocks, keyedWords } from './keyed-cells.ts'
import { lockWords } from './lock.ts'

/** Where everything lies in the shared memory. Plain numbers (byte offsets), so that it crosses threads with the buffer. */
export interface SlabLayout {
  readonly threads: number
  /** Slots; one per tenant, route and endpoint. */
  readonly capacity: number
  readonly ringBytes: number
  readonly limitsAt: number
  readonly bandwidthsAt: number
  readonly latenciesAt: number
  readonly recoveriesAt: number
  readonly queueKeysAt: number
  readonly queuedSinceAt: number
  readonly flowTagsAt: number
  readonly flowCostsAt: number
  readonly gaugesAt: number
  readonly gaugeMovesAt: number
  readonly gaugeLocksAt: number
  readonly queuedAt: number
  readonly hindrancesAt: number
  readonly hindranceMovesAt: number
  readonly failuresAt: number
  readonly outcomesAt: number
  readonly breakersAt: number
  readonly placeLimitsAt: number
  readonly turnaroundsAt: number
  readonly tenantConnectionsAt: number
  readonly threadCellsAt: number
  readonly ringPositionsAt: number
  readonly connectionLockAt: number
  readonly addressesAt: number
  readonly keyedKeysAt: number
  readonly keyedLocksAt: number
  readonly limitLocksAt: number
  readonly keyedTimesAt: number
  readonly quotasAt: number
  readonly ringsAt: number
  readonly statsAt: number
  readonly reasonsAt: number
  readonly byteLength: number
}

/** Slots of a slab. Generous, because memory that no slot in use touches stays with the kernel (see `createSlab`). */
export const slotCapacity = 262_144

/** Slots whose gauges share a counter of moves have the same number but for so many bits; so many such blocks there are. */
export const gaugeBlockBits = 5
export const gaugeBlocks = slotCapacity >>> gaugeBlockBits

/** Locks of bounded gauges, each on a line of its own: few slots share one. */
export const gaugeLocks = 64

/** Locks of tenants whose limits are charged together: few tenants share one. One more is of what all tenants share. */
export const limitLocks = 256
export const limitLockWords = (limitLocks + 1) * lockWords

/** Quotas of all tenants, in doubles: a cache line each; see limit/quota.ts. */
export const quotaCapacity = 262_144
export const quotaWords = 8

/** Of a thread's outcomes at one slot; see outcomes.ts. */
export const outcomeWords = 4

/** Of a thread at one slot; see turnarounds.ts. */
export const turnaroundWords = 2

/** Data threads at most: up to here the index of every counter fits 32 bits, which `countExchange` halves it by. */
export const mostThreads = 128

/** Bytes of one slot's counters of one thread: 128 words, eight cache lines. */
export const statsBytes = 512

/** Reasons to refuse a request, one word each: no more than so many are told apart. */
export const reasonWords = 64

/** Words between two threads' cells: one cache line each, so that threads do not fight over it. */
export const threadCellWords = 16

/** Words between two threads' ring positions: write and read position lie on lines of their own. */
export const ringPositionWords = 64

/** The lock and the seed, on a line of their own. */
export const connectionLockWords = 16

/** The counter of moves, on a line of its own. */
export const hindranceMovesWords = 16

/** Lays out a slab; `ringBytes` is a power of two of at least 64 KiB, so that any record fits. */
export function createLayout(threads: number, ringBytes: number): SlabLayout {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads) {
    throw new RangeError(`a slab is for 1 to ${mostThreads} threads, not ${threads}`)
  }
  if (ringBytes < 65_536 || ringBytes > 2 ** 30 || !Number.isInteger(Math.log2(ringBytes))) {
    throw new RangeError(`a ring's size is a power of two from 64 KiB to 1 GiB, not ${ringBytes}`)
  }
  const limitsAt = 0
  const bandwidthsAt = limitsAt + slotCapacity * 8
  const latenciesAt = bandwidthsAt + 2 * slotCapacity * 8
  const recoveriesAt = latenciesAt + slotCapacity * 8
  const queueKeysAt = recoveriesAt + slotCapacity * 8
  const queuedSinceAt = queueKeysAt + threads * slotCapacity * 8
  const flowTagsAt = queuedSinceAt + threads * slotCapacity * 8
  const flowCostsAt = flowTagsAt + slotCapacity * 8
  const gaugesAt = flowCostsAt + slotCapacity * 8
  const gaugeMovesAt = gaugesAt + threads * slotCapacity * 4
  const gaugeLocksAt = gaugeMovesAt + threads * gaugeBlocks * 4
  const queuedAt = gaugeLocksAt + gaugeLocks * lockWords * 4
  const hindrancesAt = queuedAt + threads * slotCapacity * 4
  const hindranceMovesAt = hindrancesAt + slotCapacity * 4
  const failuresAt = hindranceMovesAt + hindranceMovesWords * 4
  const outcomesAt = failuresAt + slotCapacity * 4
  const breakersAt = outcomesAt + threads * slotCapacity * outcomeWords * 4
  const placeLimitsAt = breakersAt + slotCapacity * 4
  const tenantConnectionsAt = placeLimitsAt + slotCapacity * 4
  const threadCellsAt = tenantConnectionsAt + threads * slotCapacity * 4
  const ringPositionsAt = threadCellsAt + threads * threadCellWords * 4
  const connectionLockAt = ringPositionsAt + threads * ringPositionWords * 4
  const addressesAt = connectionLockAt + connectionLockWords * 4
  const keyedTimesAt = pageAligned(addressesAt + addressCapacity * addressWords(threads) * 4)
  const turnaroundsAt = keyedTimesAt + keyedCapacity * 8
  const keyedKeysAt = turnaroundsAt + threads * slotCapacity * turnaroundWords * 8
  const keyedLocksAt = keyedKeysAt + keyedCapacity * keyedWords * 4
  const limitLocksAt = keyedLocksAt + keyedLocks * lockWords * 4
  const quotasAt = pageAligned(limitLocksAt + limitLockWords * 4)
  const ringsAt = pageAligned(quotasAt + quotaCapacity * quotaWords * 8)
  const statsAt = ringsAt + threads * ringBytes
  const reasonsAt = statsAt + threads * slotCapacity * statsBytes
  const byteLength = reasonsAt + slotCapacity * reasonWords * 4
  return {
    threads,
    capacity: slotCapacity,
    ringBytes,
    limitsAt,
    bandwidthsAt,
    latenciesAt,
    recoveriesAt,
    queueKeysAt,
    queuedSinceAt,
    flowTagsAt,
    flowCostsAt,
    gaugesAt,
    gaugeMovesAt,
    gaugeLocksAt,
    queuedAt,
    hindrancesAt,
    hindranceMovesAt,
    failuresAt,
    outcomesAt,
    breakersAt,
    placeLimitsAt,
    turnaroundsAt,
    tenantConnectionsAt,
    threadCellsAt,
    ringPositionsAt,
    connectionLockAt,
    addressesAt,
    keyedKeysAt,
    keyedLocksAt,
    limitLocksAt,
    keyedTimesAt,
    quotasAt,
    ringsAt,
    statsAt,
    reasonsAt,
    byteLength,
  }
}

function pageAligned(bytes: number): number {
  return Math.ceil(bytes / 4_096) * 4_096
}
