import type { SealedTenant } from '../snapshot/sealed-tenant.ts'
import type { GlobalSnapshot } from '../snapshot/global-snapshot.ts'
import type { Problem } from '../snapshot/tenant-snapshot.ts'
import { UserError } from '../kit/user-error.ts'
import { tenant } from '../model/tenant.ts'
import type { Store } from '../store/store.ts'
import type { Call } from './call.ts'
import { textFlag } from './call.ts'
import { openForChange, readConfiguration, tryChange } from './change.ts'
import { createRefusal, readConfigFile } from './config-file.ts'

/** A configuration as a server would have it in force. */
export interface Compiled {
  readonly sealed: readonly SealedTenant[]
  readonly global: GlobalSnapshot
}

/** The configuration on the disk, or what `--file` would make of it; nothing is changed. Throws UserError 'problems'. */
export async function compileConfiguration(call: Call): Promise<Compiled> {
  if (textFlag(call, 'file') === undefined) return compilePresent(call)
  const file = await readConfigFile(call)
  const { readItems } = await import('../config/read-items.ts')
  const { compareItems } = await import('../config/compare-items.ts')
  const { writeChanges } = await import('../config/write-changes.ts')
  return openForChange(call, async (store) => {
    const changes = compareItems(readItems(store), file.items, { isPruning: false })
    const compiling = await prepareCompile(call)
    return tryChange(call, store, (writer) => {
      writeChanges(writer, changes, createRefusal(file))
      return compiling(store)
    })
  })
}

/** The configuration on the disk. Throws UserError 'problems'. */
export function compilePresent(call: Call): Promise<Compiled> {
  return readConfiguration(call, async (store) => (await prepareCompile(call))(store))
}

/** Within a transaction there is no waiting for a module. */
async function prepareCompile(call: Call): Promise<(store: Store) => Compiled> {
  const { compileGlobal } = await import('../snapshot/compile-global.ts')
  const { compileTenant } = await import('../snapshot/compile-tenant.ts')
  const { sealTenant } = await import('../snapshot/sealed-tenant.ts')
  return (store) => {
    const global = compileGlobal(store.readGlobal())
    if ('problems' in global) throw createProblem(global.problems[0])
    const rows = store.readTenants(store.list(tenant).map(({ id }) => id))
    const sealed = rows.flatMap((of) => {
      const compiled = compileTenant(of)
      if ('snapshot' in compiled) return sealTenant(compiled.snapshot)
      // A server keeps what it had of such a tenant, which nobody knows here; the others are not concerned.
      const [{ table, row, message }] = compiled.problems
      call.print.warn(`tenant '${of.tenant.name}' is left out: ${table} '${row}': ${message}`)
      return []
    })
    return { sealed, global: global.snapshot }
  }
}

function createProblem({ table, row, message, hint }: Problem): UserError {
  return new UserError('problems', `${table} '${row}': ${message}`, hint)
}
