import type { GlobalRows, TenantRows } from '../model/rows.ts'
import { compileTenant } from '../snapshot/compile-tenant.ts'
import { sealTenant } from '../snapshot/sealed-tenant.ts'
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

/** How many are read together: enough to share the cost of the queries, few enough to be garbage soon. */
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

function readTenants(store: Store, ids: readonly number[]): ReadTenant[] {
  const read: ReadTenant[] = []
  for (let at = 0; at < ids.length; at += tenantsPerGroup) {
    read.push(...store.readTenants(ids.slice(at, at + tenantsPerGroup)).map(compile))
  }
  return read
}

function compile(rows: TenantRows): ReadTenant {
  const { id, name, revision } = rows.tenant
  try {
    const compiled = compileTenant(rows)
    return {
      id,
      name,
      revision,
      compiled: 'snapshot' in compiled ? { sealed: sealTenant(compiled.snapshot) } : compiled,
    }
  } catch (error) {
    // A defect of ours that these rows bring to light costs this tenant's change, not everybody's.
    return { id, name, revision, compiled: { problems: [unreadable(name, error)] } }
  }
}

function unreadable(name: string, error: unknown) {
  const message = `rows cannot be compiled: ${error instanceof Error ? error.message : String(error)}`
  return { table: 'tenant', row: name, field: 'id', message, hint: 'Report this: mtlb should have named the row.' }
}
