import { enterAddress, leaveAddress, leaveAllAddresses, notCounted, tooMany } from './address-counts.ts'
import type { CountedAddress } from './address-counts.ts'
import { breakLock, giveLock, seizeLock, takeLock } from './lock.ts'
import type { Slab } from './slab.ts'
import { addToThreadCell, readThreadCell, threadCell } from './thread-cells.ts'

/** How many client connections there may be; 0 means no bound. */
export interface ConnectionCaps {
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
}

/** Which cap kept a connection out. */
export type ConnectionExcess = 'all' | 'address'

/**
 * Counts a new client connection unless it is one too many; returns the entry of its address (see `enterAddress`) or
 * the cap that it met. Exact over all threads: whoever looks whether there is room holds the lock until it has taken
 * it, so that every count has one writer and a dead thread's counts can simply be zeroed. Without caps there is no lock.
 */
export function enterConnection(
  slab: Slab,
  thread: number,
  address: CountedAddress | undefined,
  { maxConnections, maxConnectionsPerAddress }: ConnectionCaps,
): number | ConnectionExcess {
  if (maxConnections === 0 && maxConnectionsPerAddress === 0) {
    countIn(slab, thread)
    return notCounted
  }
  takeLock(slab.connectionLock, 0, thread + 1)
  const isFull = maxConnections > 0 && countConnections(slab) >= maxConnections
  const entry =
    isFull || address === undefined ? notCounted : enterAddress(slab, thread, address, maxConnectionsPerAddress)
  const isAdmitted = !isFull && entry !== tooMany
  if (isAdmitted) countIn(slab, thread)
  giveLock(slab.connectionLock, 0)
  if (!isAdmitted) return isFull ? 'all' : 'address'
  if (entry === notCounted && address !== undefined) addToThreadCell(slab, thread, threadCell.uncounted, 1)
  return entry
}

/** Counts the address of a connection that is open already; returns its entry. */
export function enterOpenConnection(slab: Slab, thread: number, address: CountedAddress): number {
  takeLock(slab.connectionLock, 0, thread + 1)
  const entry = enterAddress(slab, thread, address, Infinity)
  giveLock(slab.connectionLock, 0)
  if (entry === notCounted) addToThreadCell(slab, thread, threadCell.uncounted, 1)
  return entry
}

/** A connection has closed; `entry` is what it got when it came. */
export function leaveConnection(slab: Slab, thread: number, entry: number): void {
  addToThreadCell(slab, thread, threadCell.connections, -1)
  if (entry === notCounted) return
  takeLock(slab.connectionLock, 0, thread + 1)
  leaveAddress(slab, thread, entry)
  giveLock(slab.connectionLock, 0)
}

/** Counts a connection for a tenant unless that has `most` already (0: no bound); false when it has. */
export function enterTenant(slab: Slab, thread: number, slot: number, most: number): boolean {
  const at = thread * slab.capacity + slot
  if (most === 0) {
    slab.tenantConnections[at] += 1
    return true
  }
  takeLock(slab.connectionLock, 0, thread + 1)
  const hasRoom = countTenantConnections(slab, slot) < most
  if (hasRoom) slab.tenantConnections[at] += 1
  giveLock(slab.connectionLock, 0)
  return hasRoom
}

export function leaveTenant(slab: Slab, thread: number, slot: number): void {
  slab.tenantConnections[thread * slab.capacity + slot] -= 1
}

/** Open connections of a tenant in all threads. */
export function countTenantConnections({ tenantConnections, capacity, threads }: Slab, slot: number): number {
  let count = 0
  for (let thread = 0, at = slot; thread < threads; thread++, at += capacity) count += tenantConnections[at]
  return count
}

/** Gives back what a dead thread held: its connections count for nobody any more. */
export function giveBackConnections(slab: Slab, thread: number): void {
  breakLock(slab.connectionLock, 0, thread + 1)
  seizeLock(slab.connectionLock, 0, slab.threads + 1)
  addToThreadCell(slab, thread, threadCell.connections, -readThreadCell(slab, thread, threadCell.connections))
  // Looked at rather than filled: most of it was never touched and takes no memory.
  for (let at = thread * slab.capacity, end = at + slab.capacity; at < end; at++) {
    if (slab.tenantConnections[at] !== 0) slab.tenantConnections[at] = 0
  }
  leaveAllAddresses(slab, thread)
  giveLock(slab.connectionLock, 0)
}

function countIn(slab: Slab, thread: number): void {
  addToThreadCell(slab, thread, threadCell.connections, 1)
  addToThreadCell(slab, thread, threadCell.accepted, 1)
}

function countConnections(slab: Slab): number {
  let count = 0
  for (let thread = 0; thread < slab.threads; thread++) count += readThreadCell(slab, thread, threadCell.connections)
  return count
}
