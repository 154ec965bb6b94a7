import type { Entity, Field } from '../kit/entity.ts'
import { endpoint } from './endpoint.ts'
import { host } from './host.ts'
import { ipRule } from './ip-rule.ts'
import { key } from './key.ts'
import { limit } from './limit.ts'
import { listener } from './listener.ts'
import { plan } from './plan.ts'
import { pool } from './pool.ts'
import { price } from './price.ts'
import { route } from './route.ts'
import { setting } from './setting.ts'
import { tenant } from './tenant.ts'

/** Every noun; owners before what they own. */
export const entities: readonly Entity[] = [
  plan,
  tenant,
  host,
  listener,
  pool,
  endpoint,
  route,
  key,
  limit,
  ipRule,
  setting,
  price,
]

/** The nouns whose rows go when a row of this one goes. */
export function ownedBy(owner: Entity): readonly Entity[] {
  return entities.filter((entity) => entity.scope === owner.table)
}

export interface Use {
  readonly entity: Entity
  /** The field that holds the name. */
  readonly field: Field
}

/** What names rows of this noun, within the same tenant: a route uses a pool. */
export function usesOf(used: Entity): readonly Use[] {
  return entities.flatMap((entity) =>
    entity.fieldList.filter((field) => field.refersTo === used.table).map((field) => ({ entity, field })),
  )
}
