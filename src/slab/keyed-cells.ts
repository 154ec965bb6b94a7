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

/**
 * The cell of a value among those of an owner (the id of a limit), in `slab.keyedTimes`; made when there is none, full of
 * time that is long past, which is a full bucket. Where all cells that it might lie in are taken, the one goes whose time is
 * the earliest: usually it is past, so that nothing is lost. 24 bytes a cell; 60 ns to find one with a short value.
 */
export function findKeyedCell(slab: Slab, thread: number, owner: number, value: string): number {
  const { keyedKeys, seed } = slab
  const first = hashText(value, seed[0] ^ owner) | 0
  const second = hashText(value, seed[1]) | 0
  const from = first & (keyedCapacity - 1) & ~(ways - 1)
  for (let cell = from; cell < from + ways; cell++) {
    if (isOf(keyedKeys, cell, { owner, first, second })) return cell
  }
  return putIn(slab, thread, from, { owner, first, second })
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

/** Under a lock, so that a value has one cell; whoever waited for it looks again. */
function putIn(slab: Slab, thread: number, from: number, key: Key): number {
  const { keyedKeys, keyedTimes, keyedLocks: locks } = slab
  const lock = lockFor(from / ways, keyedLocks)
  takeLock(locks, lock, thread + 1)
  let chosen = from
  for (let cell = from; cell < from + ways; cell++) {
    if (isOf(keyedKeys, cell, key)) {
      giveLock(locks, lock)
      return cell
    }
    if (goesBefore(slab, cell, chosen)) chosen = cell
  }
  const at = chosen * keyedWords
  Atomics.store(keyedKeys, at + ownerWord, 0)
  keyedTimes[chosen] = 0
  keyedKeys[at + firstHashWord] = key.first
  keyedKeys[at + secondHashWord] = key.second
  Atomics.store(keyedKeys, at + ownerWord, key.owner)
  giveLock(locks, lock)
  return chosen
}

/** Nobody's cell is taken first, then the one whose bucket has been full for longest. */
function goesBefore({ keyedKeys, keyedTimes }: Slab, cell: number, other: number): boolean {
  if (keyedKeys[other * keyedWords] === 0) return false
  return keyedKeys[cell * keyedWords] === 0 || keyedTimes[cell] < keyedTimes[other]
}
