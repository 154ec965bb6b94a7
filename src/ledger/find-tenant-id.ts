import { ledgerKind, ledgerPath, ownerKind } from './ledger-file.ts'
import { openForReading, guardStorage } from './ledger-database.ts'

/** Id of the tenant that has this name, or had it when it was removed: the newest. Undefined when none ever had traffic. */
export function findTenantId(folder: string, name: string): number | undefined {
  return findTenantIds(folder, name).at(-1)
}

/** Ids of all tenants that ever had traffic under this name, the newest last. Throws UserError `storage`. */
export function findTenantIds(folder: string, name: string): readonly number[] {
  const path = ledgerPath(folder)
  const database = openForReading(path, ledgerKind)
  if (database === undefined) return []
  try {
    return guardStorage(path, () => {
      const find = database.prepare('SELECT id FROM owner WHERE kind = ? AND name = ? ORDER BY id').pluck()
      return find.all(ownerKind.tenant, name) as number[]
    })
  } finally {
    database.close()
  }
}
