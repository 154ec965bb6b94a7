import type { Entity } from '../kit/entity.ts'
import { entities } from '../model/index.ts'
import { tenant } from '../model/tenant.ts'
import type { Values } from './row-codec.ts'
import type { Tables } from './tables.ts'

/** Where a row stands, in the operator's words. */
export interface Lineage {
  /** Undefined for what is no tenant's. */
  readonly tenant: string | undefined
  /** Its name within the tenant: `web`, `web/http://127.0.0.1:9001`; the tenant's name where it has none itself. */
  readonly name: string
}

/** Climbs from owner to owner; an owner that is gone ends the climb. */
export function findLineage(tables: Tables, entity: Entity, row: Values): Lineage {
  const own = entity.nameField === undefined ? undefined : String(row[entity.nameField])
  const owner = findOwner(tables, entity, row)
  if (owner === undefined) return { tenant: entity.table === tenant.table ? own : undefined, name: own ?? '' }
  const above = findLineage(tables, owner.entity, owner.row)
  if (owner.entity.table === tenant.table) return { tenant: above.tenant, name: own ?? above.name }
  return { tenant: above.tenant, name: own === undefined ? above.name : `${above.name}/${own}` }
}

function findOwner(tables: Tables, { scope, ownerProperty }: Entity, row: Values) {
  const entity = entities.find(({ table }) => table === scope)
  if (entity === undefined || ownerProperty === undefined) return undefined
  const owner = tables.find(entity, { id: row[ownerProperty] })
  return owner === undefined ? undefined : { entity, row: owner }
}
