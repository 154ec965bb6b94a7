import { hashText } from '../kit/hash-text.ts'
import { giveLock, lockFor, takeLock } from './lock.ts'
import type { Slab } from './slab.ts'

/** Cells in all. */
export const keyedCapacity = 2 ** 20

/** A value may be in any of so many cells, which lie side by side. */
const ways = 8

/** Words of a cell's key: whose it is (0: nobody's), and two hashes of the value. */
export const keyedWords = 4
const ownerWord = 0
const firstHashWord = 1
const secondHashWord = 2

/** Locks of those who put in new cells. What one who dies was writing is nobody's, or whole. */
export const keyedLocks = 64

/** Whose value it is (the id of a limit), and what time it is for buckets. */
export interface KeyedValue {
  readonly owner: number
  readonly value: string
  /** In ticks of limit/gcra.ts. */
  readonly now: number
}

/**
 * The cell of a value among those of its owner, in `slab.keyedTimes`; made when there is none, full of time that is long past, which
 * is a full bucket. Where all cells that it might lie in are taken, one goes whose bucket is full again, which loses nothing. Where
 * there is none, the one goes that will be full first: of the owner's own, if it has half of them already, so that a flood of values
 * costs others none of theirs. 24 bytes a cell; 60 ns to find one with a short value.
 */
export function findKeyedCell(slab: Slab, thread: number, { owner, value, now }: KeyedValue): number {
  const { keyedKeys, seed } = slab
  const first = hashText(value, seed[0] ^ owner) | 0
  const second = hashText(value, seed[1]) | 0
  const from = first & (keyedCapacity - 1) & ~(ways - 1)
  for (let cell = from; cell < from + ways; cell++) {
    if (isOf(keyedKeys, cell, { owner, first, second })) return cell
  }
  return putIn(slab, thread, { from, now, key: { owner, first, second } })
}

interface Key {
  readonly owner: number
  readonly first: number
  readonly second: number
}

/** The owner is read last, as it is written last: who sees it sees the rest. */
function isOf(keys: Int32Array, cell: number, { owner, first, second }: Key): boolean {
  const at = cell * keyedWords
  return keys[at + firstHashWord] === first && keys[at + secondHashWord] === second && Atomics.load(keys, at) === owner
}

interface Place {
  readonly key: Key
  readonly from: number
  readonly now: number
}

/** Under a lock, so that a value has one cell; whoever waited for it looks again. */
function putIn(slab: Slab, thread: number, { key, from, now }: Place): number {
  const { keyedKeys, keyedTimes, keyedLocks: locks } = slab
  const lock = lockFor(from / ways, keyedLocks)
  takeLock(locks, lock, thread + 1)
  for (let cell = from; cell < from + ways; cell++) {
    if (isOf(keyedKeys, cell, key)) {
      giveLock(locks, lock)
      return cell
    }
  }
  const chosen = chooseCell(slab, key.owner, { from, now })
  const at = chosen * keyedWords
  Atomics.store(keyedKeys, at + ownerWord, 0)
  keyedTimes[chosen] = 0
  keyedKeys[at + firstHashWord] = key.first
  keyedKeys[at + secondHashWord] = key.second
  Atomics.store(keyedKeys, at + ownerWord, key.owner)
  giveLock(locks, lock)
  return chosen
}

function chooseCell({ keyedKeys, keyedTimes }: Slab, owner: number, { from, now }: Omit<Place, 'key'>): number {
  let earliest = from
  let earliestOwn = -1
  let owned = 0
  for (let cell = from; cell < from + ways; cell++) {
    const holder = keyedKeys[cell * keyedWords + ownerWord]
    if (holder === 0) return cell
    if (keyedTimes[cell] < keyedTimes[earliest]) earliest = cell
    if (holder !== owner) continue
    owned += 1
    if (earliestOwn === -1 || keyedTimes[cell] < keyedTimes[earliestOwn]) earliestOwn = cell
  }
  return keyedTimes[earliest] > now && owned >= ways / 2 ? earliestOwn : earliest
}
