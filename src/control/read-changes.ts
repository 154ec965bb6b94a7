import type { GlobalRows, TenantRows } from '../model/rows.ts'
import { compileTenant } from '../snapshot/compile-tenant.ts'
import type { CompiledTenant } from '../snapshot/compile-tenant.ts'
import { sealTenants } from '../snapshot/sealed-tenant.ts'
import type { Store } from '../store/store.ts'
import type { ReadTenant } from './configuration.ts'

/** What moved in the database since a revision, tenants compiled already. */
export interface ReadChanges {
  /** Everything up to this revision is in here. */
  readonly revision: number
  readonly global: GlobalRows | undefined
  readonly tenants: readonly ReadTenant[]
  readonly removedTenantIds: readonly number[]
}

/** How many are read and sealed together: enough to share their memory's overhead, few enough to be garbage soon. */
const tenantsPerGroup = 256

/** A revision before all others: everything has changed since. */
export const beforeAll = 0

/** Reads only what changed since that revision, all as of one moment. Throws UserError when that fails. */
export function readChanges(store: Store, sinceRevision: number): ReadChanges {
  return store.read(() => {
    const { revision, changedTenantIds, removedTenantIds, isGlobalChanged } = store.readChanges(sinceRevision)
    return {
      revision,
      global: isGlobalChanged ? store.readGlobal() : undefined,
      tenants: readTenants(store, changedTenantIds),
      removedTenantIds,
    }
  })
}

interface CompiledRows extends Omit<ReadTenant, 'compiled'> {
  readonly compiled: CompiledTenant
}

function readTenants(store: Store, ids: readonly number[]): ReadTenant[] {
  const read: ReadTenant[] = []
  for (let at = 0; at < ids.length; at += tenantsPerGroup) {
    const group = store.readTenants(ids.slice(at, at + tenantsPerGroup))
    read.push(...sealGroup(group.map(compile)))
  }
  return read
}

function sealGroup(group: readonly CompiledRows[]): ReadTenant[] {
  const sealed = sealTenants(group.flatMap(({ compiled }) => ('snapshot' in compiled ? compiled.snapshot : [])))
  let next = 0
  return group.map(({ compiled, ...tenant }) => ({
    ...tenant,
    compiled: 'snapshot' in compiled ? { sealed: sealed[next++] } : compiled,
  }))
}

function compile(rows: TenantRows): CompiledRows {
  const { id, name, revision } = rows.tenant
  try {
    return { id, name, revision, compiled: compileTenant(rows) }
  } catch (error) {
    // A defect of ours that these rows bring to light costs this tenant's change, not everybody's.
    return { id, name, revision, compiled: { problems: [unreadable(name, error)] } }
  }
}

function unreadable(name: string, error: unknown) {
  const message = `rows cannot be compiled: ${error instanceof Error ? error.message : String(error)}`
  return { table: 'tenant', row: name, field: 'id', message, hint: 'Report this: mtlb should have named the row.' }
}
