import { ledgerKind, ledgerPath, ownerKind } from './ledger-file.ts'
import { openForReading, guardStorage } from './ledger-database.ts'

/** Id of the tenant that has this name, or had it when it was removed: the newest. Undefined when none ever had traffic. */
export function findTenantId(folder: string, name: string): number | undefined {
  const path = ledgerPath(folder)
  const database = openForReading(path, ledgerKind)
  if (database === undefined) return undefined
  try {
    return guardStorage(path, () => {
      const find = database.prepare('SELECT max(id) FROM owner WHERE kind = ? AND name = ?').pluck()
      return (find.get(ownerKind.tenant, name) as number | null) ?? undefined
    })
  } finally {
    database.close()
  }
}
