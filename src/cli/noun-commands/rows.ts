import type { Entity } from '../../kit/entity.ts'
import type { Store } from '../../store/store.ts'
import type { Address } from './address.ts'
import { isPlace, isPlaced, ownersOf } from './address.ts'
import { withOwners } from './columns.ts'
import type { Values } from './flags.ts'
import { whereOwner } from './names-in.ts'
import type { Row } from './noun.ts'
import { createRowNotFound } from './row-not-found.ts'

/** Id of the innermost owner, undefined for what belongs to nobody. Throws UserError('not_found') with the nearest name. */
export function getOwnerId(store: Store, entity: Entity, address: Address): number | undefined {
  return getPathId(store, ownersOf(entity), address)
}

/** Id of the last of these owners. */
export function getPathId(store: Store, owners: readonly Entity[], path: Address): number | undefined {
  let ownerId: number | undefined
  for (const [at, owner] of owners.entries()) {
    const row = findByName(store, owner, { ownerId, name: path[at] })
    if (row === undefined) throw createRowNotFound(store, owner, { ownerId, path: path.slice(0, at + 1) })
    ownerId = row.id
  }
  return ownerId
}

/** The row that the address names. Throws UserError('not_found') with the nearest name. */
export function getRow(store: Store, entity: Entity, address: Address): Row {
  const row = findRow(store, entity, address)
  if (row !== undefined) return row
  const ownerId = isOwnerOpen(entity, address) ? undefined : getOwnerId(store, entity, address)
  throw createRowNotFound(store, entity, { ownerId, path: address })
}

/** As `getRow`, undefined where the owner has no such row. */
export function findRow(store: Store, entity: Entity, address: Address): Row | undefined {
  const ownerId = isOwnerOpen(entity, address) ? undefined : getOwnerId(store, entity, address)
  return findByName(store, entity, { ownerId, name: address.at(-1) })
}

/** The address with the owner that was left out, because the name says it. */
export function completeAddress(
  store: Store,
  entity: Entity,
  { address, row }: { address: Address; row: Row },
): Address {
  if (!isOwnerOpen(entity, address)) return address
  const [{ owners }] = withOwners(entity, [row], (owner) => store.list(owner))
  return [...owners, ...address.slice(owners.length)]
}

/** A row to insert: owner, name and values. */
export function newRow(
  entity: Entity,
  { ownerId, address, values }: { ownerId: number | undefined; address: Address; values: Values },
): Values {
  const named = entity.nameField === undefined ? {} : { [entity.nameField]: address.at(-1) }
  return { ...whereOwner(entity, ownerId), ...named, ...values }
}

// A name that is unique everywhere may be called without its owner.
function isOwnerOpen(entity: Entity, address: Address): boolean {
  return entity.unique === 'everywhere' && address[0] === ''
}

function findByName(
  store: Store,
  entity: Entity,
  { ownerId, name }: { ownerId: number | undefined; name: string | undefined },
): Row | undefined {
  if (isPlaced(entity) && isPlace(name)) return store.list(entity, whereOwner(entity, ownerId))[Number(name) - 1]
  const named = entity.nameField === undefined ? {} : { [entity.nameField]: name }
  return store.find(entity, { ...whereOwner(entity, ownerId), ...named })
}
