import type { Entity } from '../../kit/entity.ts'
import type { Store } from '../../store/store.ts'
import { nameFieldOf } from './address.ts'

/** Names of all rows of a noun that belong to that owner; of all rows without one. */
export function namesIn(store: Store, table: Entity, ownerId: number | undefined): readonly string[] {
  const { property } = nameFieldOf(table)
  return store.list(table, whereOwner(table, ownerId)).map((row) => String(row[property]))
}

/** The condition that picks an owner's rows. */
export function whereOwner(entity: Entity, ownerId: number | undefined): Record<string, unknown> {
  return entity.ownerProperty === undefined || ownerId === undefined ? {} : { [entity.ownerProperty]: ownerId }
}
