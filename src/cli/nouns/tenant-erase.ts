import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../kit/user-error.ts'
import { audit } from '../../model/audit.ts'
import { host } from '../../model/host.ts'
import { tenant } from '../../model/tenant.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { isFlagSet } from '../call.ts'
import { openForChange, writeChange } from '../change.ts'
import type { Command, Flag } from '../command.ts'
import { readAddress } from '../noun-commands/address.ts'
import type { Noun } from '../noun-commands/noun.ts'
import { createRemoveCommand } from '../noun-commands/remove.ts'
import { getRow } from '../noun-commands/rows.ts'

const eraseFlag: Flag = {
  name: 'erase',
  summary: 'Also take it out of traffic log, statistics and audit trail; for a tenant that is gone, too.',
}

/** `mtlb tenant remove acme --erase`: the generated command, and afterwards nothing tells of the tenant. */
export function createTenantRemoveCommand(noun: Noun): Command {
  const remove = createRemoveCommand(noun)
  return {
    ...remove,
    flags: [eraseFlag, ...(remove.flags ?? [])],
    details:
      'Hosts, routes, keys and limits are gone at once; its streams end after the drain time. Erased data cannot be brought ' +
      "back. What is left is usage as numbers, and who erased when, under a name like 'erased-17'.",
    run: (call) => (isFlagSet(call, 'erase') ? removeAndErase(call, noun, remove) : remove.run(call)),
  }
}

/** Where a tenant has left something. */
interface Traces {
  readonly name: string
  readonly ids: readonly number[]
  readonly hosts: readonly string[]
  readonly alias: string
}

/** In an order in which the command can be run again wherever it was interrupted. */
async function removeAndErase(call: Call, noun: Noun, remove: Command): Promise<void> {
  const [name] = await readAddress(noun, call)
  const { eraseTraffic } = await import('../../ledger/erase-tenant.ts')
  const { findTenantIds } = await import('../../ledger/find-tenant-id.ts')
  const knownIds = findTenantIds(call.folder, name)
  let isThere = false
  const traces = await openForChange(call, (store) => {
    isThere = store.find(tenant, { name }) !== undefined
    return findTraces(store, name, knownIds)
  })
  await confirmErasure(call, name)
  // Whether the server has let go of it must be known.
  const flags = { ...call.flags, yes: true, wait: undefined }
  if (isThere) await remove.run({ ...call, operands: [name], flags })
  const { forgetTenants } = await import('../../control/control-client.ts')
  await forgetTenants(call.folder, traces.ids)
  const { records, minutes } = eraseTraffic(call.folder, traces)
  for (const id of traces.ids) rmSync(join(call.folder, 'kept', `tenant-${id}`), { force: true })
  // A running server writes what it still uses again.
  rmSync(join(call.folder, 'kept', 'answers'), { force: true })
  const rows = await openForChange(call, (store) => {
    const { result } = writeChange(call, store, (writer) => writer.erase(name))
    store.purge()
    return result?.rows ?? 0
  })
  const counts = [`${records} records`, `${minutes} minutes of statistics`, `${rows} rows of the audit trail`]
  call.print.note(`erased ${counts.join(', ')}; what is left is called '${traces.alias}'`)
  warnOfCopies(call)
}

/** Throws UserError('not_found') for a tenant that never was. */
function findTraces(store: Store, name: string, knownIds: readonly number[]): Traces {
  const row = store.find(tenant, { name })
  const alias = store.findAlias(name)
  if (row === undefined && alias === undefined && knownIds.length === 0) getRow(store, tenant, [name])
  const ids = [...new Set([...knownIds, ...(row === undefined ? [] : [row.id])])]
  const present = row === undefined ? [] : store.list(host, { tenantId: row.id }).map((owned) => owned.name)
  const told = store.listAudit({ tenant: name, noun: host.noun, count: Number.MAX_SAFE_INTEGER })
  const hosts = [...new Set([...present, ...told.map((line) => line.name)])]
  return { name, ids, hosts, alias: alias ?? `erased-${ids[0]}` }
}

async function confirmErasure(call: Call, name: string): Promise<void> {
  if (isFlagSet(call, 'yes')) return
  const what = `tenant '${name}' and all that log, statistics and ${audit.noun} trail tell of it`
  if (!call.mayAsk) {
    throw new UserError('confirmation', `${what} would be erased for good`, `Erase it: '${call.commandLine} --yes'.`)
  }
  if (await call.surroundings.prompts.confirm(`Erase ${what}, for good?`)) return
  throw new UserError('confirmation', `tenant '${name}' stays`)
}

/** Copies that mtlb has made and does not read any more. */
function warnOfCopies({ folder, print }: Call): void {
  const copies = [
    ...listNames(folder).filter((name) => name.startsWith('mtlb.db.backup-')),
    ...listNames(join(folder, 'logs'))
      .filter((name) => name.includes('.damaged'))
      .map((name) => `logs/${name}`),
  ]
  if (copies.length === 0) return
  print.warn(
    `copies may still tell of it: ${copies.join(', ')} in '${folder}'. Remove them when you need them no more.`,
  )
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
