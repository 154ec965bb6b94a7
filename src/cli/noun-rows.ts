import type { Entity, Field } from '../kit/entity.ts'
import { UserError } from '../kit/user-error.ts'
import { entities } from '../model/index.ts'
import type { Store } from '../store/store.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Row } from './noun.ts'
import { withOwners } from './noun-columns.ts'
import type { Values } from './noun-flags.ts'
import type { Address } from './noun-address.ts'
import { nameFieldOf, ownersOf } from './noun-address.ts'

/** Id of the innermost owner, undefined for what belongs to nobody. Throws UserError('not_found') with the nearest name. */
export function getOwnerId(store: Store, entity: Entity, address: Address): number | undefined {
  return getPathId(store, ownersOf(entity), address)
}

/** Id of the last of these owners. */
export function getPathId(store: Store, owners: readonly Entity[], path: Address): number | undefined {
  let ownerId: number | undefined
  for (const [at, owner] of owners.entries()) {
    const row = findByName(store, owner, { ownerId, name: path[at] })
    if (row === undefined) throw rowNotFound(store, owner, { ownerId, path: path.slice(0, at + 1) })
    ownerId = row.id
  }
  return ownerId
}

/** The row that the address names. Throws UserError('not_found') with the nearest name. */
export function getRow(store: Store, entity: Entity, address: Address): Row {
  const row = findRow(store, entity, address)
  if (row !== undefined) return row
  const ownerId = isOwnerOpen(entity, address) ? undefined : getOwnerId(store, entity, address)
  throw rowNotFound(store, entity, { ownerId, path: address })
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
  return { ...ownedBy(entity, ownerId), ...named, ...values }
}

/** What a field may be set to: its choices, or the names of the rows that it refers to. */
export function choicesOf(store: Store, field: Field, tenantId: number | undefined): readonly string[] {
  if (field.choices !== undefined) return field.choices.map(({ name }) => name)
  const target = entities.find(({ table }) => table === field.refersTo)
  return target === undefined ? [] : namesIn(store, target, tenantId)
}

/** Throws UserError('not_found') for a value that names no row of the tenant. */
export function checkReferences(
  store: Store,
  entity: Entity,
  { tenantId, tenant, values }: { tenantId: number | undefined; tenant: string; values: Values },
): void {
  for (const field of entity.fieldList) {
    const target = entities.find(({ table }) => table === field.refersTo)
    if (target === undefined || !(field.property in values)) continue
    const name = String(values[field.property])
    if (!namesIn(store, target, tenantId).includes(name)) {
      throw rowNotFound(store, target, { ownerId: tenantId, path: [tenant, name] })
    }
  }
}

function namesIn(store: Store, table: Entity, ownerId: number | undefined): readonly string[] {
  const { property } = nameFieldOf(table)
  return store.list(table, ownedBy(table, ownerId)).map((row) => String(row[property]))
}

/** `tenant 'acm' does not exist`. */
export function rowNotFound(
  store: Store,
  entity: Entity,
  { ownerId, path }: { ownerId: number | undefined; path: Address },
): UserError {
  const owners = path.slice(0, ownersOf(entity).length).join('/')
  const list = `mtlb ${entity.command} list ${owners}`.trimEnd()
  if (entity.nameField === undefined) {
    return new UserError(
      'not_found',
      `tenant '${owners}' has no ${entity.noun}`,
      `Add one: 'mtlb ${entity.command} set ${owners} ${requiredFlags(entity)}'.`,
    )
  }
  const name = path.at(-1) ?? ''
  const where = owners === '' ? '' : ` in '${owners}'`
  const nearest = didYouMean(name, namesIn(store, entity, ownerId))
  const hint = nearest === undefined ? `See '${list}'.` : `${nearest} See '${list}'.`
  return new UserError('not_found', `${entity.noun} '${name}' does not exist${where}`, hint)
}

// A name that is unique everywhere may be called without its owner.
function isOwnerOpen(entity: Entity, address: Address): boolean {
  return entity.unique === 'everywhere' && address[0] === ''
}

function requiredFlags({ fieldList }: Entity): string {
  const required = fieldList.filter(({ need, isManaged }) => need === 'required' && !isManaged)
  return required.map(({ flag, valueName }) => `${flag} ${valueName.toUpperCase()}`).join(' ')
}

function findByName(
  store: Store,
  entity: Entity,
  { ownerId, name }: { ownerId: number | undefined; name: string | undefined },
): Row | undefined {
  const named = entity.nameField === undefined ? {} : { [entity.nameField]: name }
  return store.find(entity, { ...ownedBy(entity, ownerId), ...named })
}

function ownedBy(entity: Entity, ownerId: number | undefined): Record<string, unknown> {
  return entity.ownerProperty === undefined || ownerId === undefined ? {} : { [entity.ownerProperty]: ownerId }
}
