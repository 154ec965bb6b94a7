import { globalLimitLock } from '../slab/limit-locks.ts'
import { noTenantSlot, serverSlot } from '../slab/slots.ts'
import { setPlaceLimit } from '../slab/turnarounds.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { PlacedTenant } from '../snapshot/tenant-snapshot.ts'
import { buildLimit } from './limit-runtime.ts'
import type { ToDataThread } from './messages.ts'
import { buildRuntime, retireRuntime } from './tenant-runtime.ts'
import type { TenantEntry } from './tenant-table.ts'
import type { ThreadState } from './thread-state.ts'

export type Change = Extract<ToDataThread, { kind: 'apply' }>

/**
 * Puts a change in force: everything new is built first, then swapped in, then what it replaces is retired. Exchanges
 * under way keep the runtime that they opened with.
 */
export function applyChange(thread: ThreadState, change: Change): void {
  const sharedBefore = thread.tenants.shared
  if (change.global !== undefined) applyGlobal(thread, change.global)
  const entries = change.tenants.map((placed) => createEntry(thread, placed)).filter((entry) => entry !== undefined)
  const replaced = change.removedTenantIds.map((id) => thread.tenants.remove(id))
  // All go before the first comes: a host name may move from one tenant to another.
  for (const { placed } of entries) replaced.push(thread.tenants.remove(placed.sealed.id))
  for (const entry of entries) thread.tenants.put(entry)
  for (const entry of replaced) {
    if (entry?.runtime !== undefined) retireRuntime(thread, entry.runtime)
  }
  if (change.removedTenantIds.length > 0) endStreams(thread, new Set(change.removedTenantIds))
  if (sharedBefore === thread.tenants.shared) return
  for (const runtime of thread.tenants.takeSharers()) retireRuntime(thread, runtime)
}

/** What is under way of tenants that are gone may finish, within the time that a server that ends gives its own. */
function endStreams(thread: ThreadState, tenantIds: ReadonlySet<number>): void {
  const end = () => {
    for (const connection of thread.connections) if (tenantIds.has(connection.tenantId)) connection.abandon()
  }
  setTimeout(end, thread.global.drainTimeoutMs).unref()
}

/** Settings hold at once, also for who was there before; only requests and tunnels under way keep theirs. */
function applyGlobal(thread: ThreadState, global: GlobalSnapshot): void {
  const before = thread.global
  thread.global = global
  setPlaceLimit(thread.slab, serverSlot, global.maxInFlight)
  thread.globalLimit = global.limit && buildLimit(global.limit, { slot: noTenantSlot, lock: globalLimitLock })
  const isCounting = before.maxConnectionsPerAddress === 0 && global.maxConnectionsPerAddress > 0
  for (const connection of thread.connections) {
    if (isCounting) connection.lease.countAddress()
    connection.onSettings(before)
  }
  thread.upstream.endpointIdleConnections = global.endpointIdleConnections
  thread.upstream.endpointIdleTimeoutMs = global.endpointIdleTimeoutMs
  thread.endpoints.boundIdle(global.endpointIdleTimeoutMs - before.endpointIdleTimeoutMs)
}

/** A defect in one tenant's runtime leaves that tenant as it was, and nobody else is touched. */
function createEntry(thread: ThreadState, placed: PlacedTenant): TenantEntry | undefined {
  const before = thread.tenants.get(placed.sealed.id)?.runtime
  if (before === undefined) return { placed, runtime: undefined }
  try {
    return { placed, runtime: buildRuntime(thread, placed, before) }
  } catch (error) {
    thread.log.error({ code: 'internal_error', tenant: placed.sealed.name, err: error }, 'a tenant cannot be built')
    return undefined
  }
}
