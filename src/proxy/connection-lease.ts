import { notCounted } from '../slab/address-counts.ts'
import {
  enterConnection,
  enterOpenConnection,
  enterTenant,
  leaveConnection,
  leaveTenant,
} from '../slab/connection-counts.ts'
import type { ConnectionExcess } from '../slab/connection-counts.ts'
import { noTenantSlot } from '../slab/slots.ts'
import { countedAddress } from './counted-address.ts'
import type { ThreadState } from './thread-state.ts'

/** A client connection's place among all of them, among those of its address, and among those of a tenant. */
export class ConnectionLease {
  /** Whose connection it is. */
  readonly peerAddress: string
  readonly #thread: ThreadState
  #entry: number
  #tenantSlot = noTenantSlot
  #isReleased = false
  #bandwidths: BigInt64Array | undefined = undefined

  constructor(thread: ThreadState, peerAddress: string, entry: number) {
    this.#thread = thread
    this.peerAddress = peerAddress
    this.#entry = entry
    thread.upstream.room.enter()
  }

  /** Until when bandwidths of its own are taken, up and down; see limit/shaper.ts. */
  get bandwidths(): BigInt64Array {
    return (this.#bandwidths ??= new BigInt64Array(2))
  }

  /** The connection asks for that tenant now and leaves the one before; false when the tenant has as many as it may. */
  joinTenant(slot: number): boolean {
    if (slot === this.#tenantSlot) return true
    const { slab, thread, global } = this.#thread
    this.#leaveTenant()
    if (!enterTenant(slab, thread, slot, global.maxConnectionsPerTenant)) return false
    this.#tenantSlot = slot
    return true
  }

  /** Addresses are counted from now on. What was a tunnel may outlive its client's connection for a moment. */
  countAddress(): void {
    const address = this.#entry === notCounted && !this.#isReleased ? countedAddress(this.peerAddress) : undefined
    if (address === undefined) return
    this.#entry = enterOpenConnection(this.#thread.slab, this.#thread.thread, address)
  }

  release(): void {
    const { slab, thread } = this.#thread
    this.#isReleased = true
    this.#leaveTenant()
    leaveConnection(slab, thread, this.#entry)
    this.#thread.upstream.room.leave()
  }

  #leaveTenant(): void {
    if (this.#tenantSlot === noTenantSlot) return
    leaveTenant(this.#thread.slab, this.#thread.thread, this.#tenantSlot)
    this.#tenantSlot = noTenantSlot
  }
}

/** Takes a place for a connection from that address, or says which cap has none left. */
export function openLease(thread: ThreadState, peerAddress: string): ConnectionLease | ConnectionExcess {
  const { slab, global } = thread
  const address = global.maxConnectionsPerAddress > 0 ? countedAddress(peerAddress) : undefined
  const entry = enterConnection(slab, thread.thread, address, global)
  return typeof entry === 'number' ? new ConnectionLease(thread, peerAddress, entry) : entry
}
