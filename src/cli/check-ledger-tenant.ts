import { tenant } from '../model/tenant.ts'
import type { Call } from './call.ts'
import { readConfiguration } from './change.ts'
import { getRow } from './noun-commands/rows.ts'

/** A tenant that is gone may have left traffic; one that never was is a slip. Throws UserError('not_found') for that. */
export async function checkLedgerTenant(call: Call, name: string | undefined): Promise<void> {
  if (name === undefined) return
  const { findTenantId } = await import('../ledger/find-tenant-id.ts')
  if (findTenantId(call.folder, name) !== undefined) return
  await readConfiguration(call, (store) => getRow(store, tenant, [name]))
}
