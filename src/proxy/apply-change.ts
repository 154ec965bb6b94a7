import type { PlacedTenant } from '../snapshot/tenant-snapshot.ts'
import type { ToDataThread } from './messages.ts'
import { buildRuntime, retireRuntime } from './tenant-runtime.ts'
import type { TenantRuntime } from './tenant-runtime.ts'
import type { ThreadState } from './thread-state.ts'

export type Change = Extract<ToDataThread, { kind: 'apply' }>

/**
 * Puts a change in force: everything new is built first, then swapped in, then what it replaces is retired. Exchanges
 * under way keep the runtime that they opened with.
 */
export function applyChange(thread: ThreadState, change: Change): void {
  if (change.global !== undefined) {
    thread.global = change.global
    thread.upstream.endpointIdleTimeoutMs = change.global.endpointIdleTimeoutMs
  }
  const built = change.tenants.map((placed) => tryBuild(thread, placed)).filter((runtime) => runtime !== undefined)
  const replaced = change.removedTenantIds.map((id) => thread.tenants.remove(id))
  // All go before the first comes: a host name may move from one tenant to another.
  for (const runtime of built) replaced.push(thread.tenants.remove(runtime.snapshot.id))
  for (const runtime of built) thread.tenants.put(runtime)
  for (const runtime of replaced) {
    if (runtime !== undefined) retireRuntime(thread, runtime)
  }
}

/** A defect in one tenant's runtime leaves that tenant as it was, and nobody else is touched. */
function tryBuild(thread: ThreadState, placed: PlacedTenant): TenantRuntime | undefined {
  try {
    return buildRuntime(thread, placed)
  } catch (error) {
    thread.log.error({ code: 'internal_error', tenant: placed.snapshot.name, err: error }, 'a tenant cannot be built')
    return undefined
  }
}
