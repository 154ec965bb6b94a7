import type { Slab } from './slab.ts'

/** An address as it is counted: v4 whole, v6 by its first 64 bits, which is what one subscriber has. */
export interface CountedAddress {
  readonly family: 4 | 6
  readonly high: number
  /** 0 for v4. */
  readonly low: number
}

/** Addresses that can be counted at once; those beyond are admitted and not counted. */
export const addressCapacity = 65_536

/** No entry: the table is full around the address. */
export const notCounted = -1
/** The address has as many connections as it may. */
export const tooMany = -2

/** Words of an entry: what it is (a family, or one of these), the address, then one count per thread. */
const empty = 0
const deserted = 1
const highWord = 1
const lowWord = 2
const countsWord = 3

/** Entries beyond its home that an address may lie in. */
const longestProbe = 64

/** Words of one entry. */
export function addressWords(threads: number): number {
  return countsWord + threads
}

/**
 * Counts one more connection of an address unless it has `most` already; returns the entry to give to `leaveAddress`,
 * `notCounted` or `tooMany`. Entries hold whole addresses, so that none pays for another, and a count per thread, so
 * that a dead thread's can be given back. Every call here needs the lock `slab.connectionLock`.
 */
export function enterAddress(slab: Slab, thread: number, address: CountedAddress, most: number): number {
  const { addresses } = slab
  const words = addressWords(slab.threads)
  const home = hash(slab, address)
  let free = notCounted
  for (let probe = 0; probe < longestProbe; probe++) {
    const entry = (home + probe) & (addressCapacity - 1)
    const at = entry * words
    const kind = addresses[at]
    if (isAt(addresses, at, address)) {
      if (countAt(slab, at) >= most) return tooMany
      addresses[at + countsWord + thread] += 1
      return entry
    }
    if (kind <= deserted && free === notCounted) free = entry
    if (kind === empty) break
  }
  if (free !== notCounted) fill(slab, free * words, { address, thread })
  return free
}

/** A connection that was counted in that entry has closed. */
export function leaveAddress(slab: Slab, thread: number, entry: number): void {
  const at = entry * addressWords(slab.threads)
  slab.addresses[at + countsWord + thread] -= 1
  if (countAt(slab, at) === 0) desert(slab, entry)
}

/** Takes a dead thread's connections out of every entry. */
export function leaveAllAddresses(slab: Slab, thread: number): void {
  const words = addressWords(slab.threads)
  for (let entry = 0; entry < addressCapacity; entry++) {
    const at = entry * words
    if (slab.addresses[at] <= deserted) continue
    slab.addresses[at + countsWord + thread] = 0
    if (countAt(slab, at) === 0) desert(slab, entry)
  }
}

function isAt(addresses: Int32Array, at: number, { family, high, low }: CountedAddress): boolean {
  return addresses[at] === family && addresses[at + highWord] === high && addresses[at + lowWord] === low
}

function countAt({ addresses, threads }: Slab, at: number): number {
  let count = 0
  for (let thread = 0; thread < threads; thread++) count += addresses[at + countsWord + thread]
  return count
}

/** The kind comes last: an entry whose writer dies half-way stays free. */
function fill(slab: Slab, at: number, { address, thread }: { address: CountedAddress; thread: number }): void {
  const { addresses, threads } = slab
  addresses.fill(0, at + countsWord, at + countsWord + threads)
  addresses[at + highWord] = address.high
  addresses[at + lowWord] = address.low
  addresses[at + countsWord + thread] = 1
  addresses[at] = address.family
}

/** A free entry ends a search only when everything that lies behind it can be found without it. */
function desert({ addresses, threads }: Slab, entry: number): void {
  const words = addressWords(threads)
  const kindOf = (index: number) => addresses[(index & (addressCapacity - 1)) * words]
  addresses[entry * words] = deserted
  if (kindOf(entry + 1) !== empty) return
  for (let last = entry; kindOf(last) === deserted; last--) addresses[(last & (addressCapacity - 1)) * words] = empty
}

/** Nobody outside knows the seed, so nobody can choose addresses that crowd one place. */
function hash({ seed }: Slab, { family, high, low }: CountedAddress): number {
  let mixed = Math.imul(high ^ seed[0], 0x9e3779b1) ^ family
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ low ^ seed[1], 0x85ebca77)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae3d)
  return (mixed ^ (mixed >>> 16)) & (addressCapacity - 1)
}
