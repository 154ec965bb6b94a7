import type { Entity, Field } from '../../kit/entity.ts'
import { sharedOwner, sharedPoolName } from '../../kit/field/pool-reference.ts'
import { entities } from '../../model/index.ts'
import { pool } from '../../model/pool.ts'
import { poolsOfRoute } from '../../model/route-pools.ts'
import { route } from '../../model/route.ts'
import type { RouteRow } from '../../model/route.ts'
import { tenant as tenantEntity } from '../../model/tenant.ts'
import type { Store } from '../../store/store.ts'
import type { Values } from './flags.ts'
import { namesIn } from './names-in.ts'
import { createRowNotFound } from './row-not-found.ts'
import { checkGranted } from './shared-pools.ts'

/** What a field may be set to: its choices, or the names of the rows that it refers to. */
export function choicesOf(store: Store, field: Field, tenantId: number | undefined): readonly string[] {
  if (field.choices !== undefined) return field.choices.map(({ name }) => name)
  const referred = entities.find(({ table }) => table === field.refersTo)
  const granted = referred?.table === 'pool' && tenantId !== undefined ? grantedTo(store, tenantId) : []
  return referred === undefined ? [] : [...namesIn(store, referred, tenantId), ...granted]
}

function grantedTo(store: Store, tenantId: number): readonly string[] {
  return store.find(tenantEntity, { id: tenantId })?.grants.map((name) => `${sharedOwner}/${name}`) ?? []
}

/** Throws UserError('not_found') for a value that names no row of the tenant. */
export function checkReferences(
  store: Store,
  entity: Entity,
  { tenantId, tenant, values }: { tenantId: number | undefined; tenant: string; values: Values },
): void {
  for (const field of entity.fieldList) {
    const referred = entities.find(({ table }) => table === field.refersTo)
    // Undefined takes an optional one away.
    if (referred === undefined || values[field.property] === undefined) continue
    checkReference(store, referred, { tenantId, tenant, name: String(values[field.property]) })
  }
  if (entity !== route) return
  const { split = [], mirror } = values as Partial<Pick<RouteRow, 'split' | 'mirror'>>
  for (const use of poolsOfRoute({ pool: '', split, mirror })) {
    if (use.field !== 'pool') checkReference(store, pool, { tenantId, tenant, name: use.pool })
  }
}

function checkReference(
  store: Store,
  referred: Entity,
  { tenantId, tenant, name }: { tenantId: number | undefined; tenant: string; name: string },
): void {
  if (sharedPoolName(name) !== undefined) checkGranted(store, name, tenant)
  else if (!namesIn(store, referred, tenantId).includes(name)) {
    throw createRowNotFound(store, referred, { ownerId: tenantId, path: [tenant, name] })
  }
}
