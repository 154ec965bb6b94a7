import type { Entity } from '../../kit/entity.ts'
import { UserError } from '../../kit/user-error.ts'
import { sharedOwner } from '../../kit/field/pool-reference.ts'
import { ownedBy, usesOf } from '../../model/index.ts'
import { pool } from '../../model/pool.ts'
import { route } from '../../model/route.ts'
import { poolsOfRoute } from '../../model/route-pools.ts'
import { tenant } from '../../model/tenant.ts'
import type { Store } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { isFlagSet } from '../call.ts'
import { announce, openForChange, writeChange } from '../change.ts'
import type { Command } from '../command.ts'
import { writeFlags, yesFlag } from '../global-flags.ts'
import { addressFlags, addressOperands, nameFieldOf, readAddress, renderAddress } from './address.ts'
import type { Noun, Row } from './noun.ts'
import { completeAddress, getRow } from './rows.ts'
import { listGranted, listSharedRoutes } from './shared-pools.ts'
import { printRow } from './show.ts'

/** Removes one row with all that belongs to it. Throws UserError('confirmation') when it is used and nobody agrees. */
export function createRemoveCommand(noun: Noun): Command {
  const { entity } = noun
  return {
    words: [entity.command, 'remove'],
    summary: `Remove one ${entity.noun}${mayBeUsed(entity) ? '; asks first when others use it' : ''}.`,
    operands: addressOperands(noun),
    flags: [yesFlag, ...addressFlags(noun), ...writeFlags],
    examples: noun.examples?.remove ?? [],
    run: async (call) => {
      const given = await readAddress(noun, call, { mayOmitOwner: entity.unique === 'everywhere' })
      await openForChange(call, async (store) => {
        const row = getRow(store, entity, given)
        const address = completeAddress(store, entity, { address: given, row })
        const name = `${entity.noun} '${renderAddress(noun, address)}'`
        await confirmUse(call, name, { users: findUsers(store, entity, row), verb: 'Remove' })
        const { revision } = writeChange(call, store, (writer) => writer.remove(entity, row.id))
        if (call.print.isJson) printRow(call, store, { entity, row })
        await announce(call, revision, entity.scope === 'global' ? undefined : address[0])
      })
    },
  }
}

function mayBeUsed(entity: Entity): boolean {
  return ownedBy(entity).length + usesOf(entity).length > 0
}

/** `2 routes (api, web)`: what goes with the row and what names it. */
function findUsers(store: Store, entity: Entity, row: Row): readonly string[] {
  const owned = ownedBy(entity).map((child) =>
    describeRows(child, store.list(child, { [child.ownerProperty ?? '']: row.id })),
  )
  const users = usesOf(entity).map((use) => {
    const tenantId = row[entity.ownerProperty ?? '']
    const name = row[nameFieldOf(entity).property]
    return describeRows(
      use.entity,
      store.list(use.entity, { [use.entity.ownerProperty ?? '']: tenantId, [use.field.property]: name }),
    )
  })
  return [...users, ...owned, ...findSplits(store, entity, row), ...findSharers(store, entity, row)]
}

/** Of a pool that routes are split among. */
function findSplits(store: Store, entity: Entity, row: Row): readonly string[] {
  if (entity !== pool) return []
  const routes = store.list(route, { tenantId: Number(row.tenantId) })
  return [
    describeRows(
      route,
      routes.filter((one) => poolsOfRoute(one).some((use) => use.field !== 'pool' && use.pool === row.name)),
    ),
  ]
}

/** Of a pool that is granted to others. */
function findSharers(store: Store, entity: Entity, row: Row): readonly string[] {
  const shared = store.find(tenant, { name: sharedOwner })
  if (entity !== pool || shared === undefined || row.tenantId !== shared.id) return []
  const name = String(row.name)
  return [describeRows(tenant, listGranted(store, name)), describeRows(route, listSharedRoutes(store, name))]
}

/** Asks before something goes that others use. Throws UserError('confirmation') when nobody agrees. */
export async function confirmUse(
  call: Call,
  name: string,
  { users, verb }: { readonly users: readonly string[]; readonly verb: 'Remove' | 'Revoke' },
): Promise<void> {
  const named = users.filter((text) => text !== '')
  if (named.length === 0 || isFlagSet(call, 'yes')) return
  const use = `${name} is used: ${named.join(', ')}`
  if (!call.mayAsk) throw new UserError('confirmation', use, `${verb} it all the same: '${call.commandLine} --yes'.`)
  call.print.warn(use)
  const isConfirmed = await call.surroundings.prompts.confirm(`${verb} ${name}?`)
  if (!isConfirmed) throw new UserError('confirmation', `${name} stays`)
}

/** `2 routes (api, web)`; empty for none. */
export function describeRows(entity: Entity, rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const noun = rows.length === 1 ? entity.noun : `${entity.noun}s`
  if (entity.nameField === undefined) return `${rows.length} ${noun}`
  const { property } = nameFieldOf(entity)
  const names = rows.slice(0, 3).map((row) => String(row[property]))
  return `${rows.length} ${noun} (${names.join(', ')}${rows.length > 3 ? ', …' : ''})`
}
