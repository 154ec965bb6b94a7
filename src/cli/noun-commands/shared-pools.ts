import { sharedOwner, sharedPoolName } from '../../kit/field/pool-reference.ts'
import { UserError } from '../../kit/user-error.ts'
import type { Entity } from '../../kit/entity.ts'
import { endpoint } from '../../model/endpoint.ts'
import { pool } from '../../model/pool.ts'
import { route } from '../../model/route.ts'
import { tenant } from '../../model/tenant.ts'
import type { TenantRow } from '../../model/tenant.ts'
import type { Store } from '../../store/store.ts'
import type { Writer } from '../../store/writer.ts'
import type { Address } from './address.ts'
import { getOwnerId, getRow } from './rows.ts'

/** Throws UserError('usage') for what the owner of shared pools cannot have, and for a tenant of its name. */
export function checkSharedOwner(entity: Entity, [owner]: Address): void {
  if (owner !== sharedOwner || entity === pool || entity === endpoint) return
  throw entity === tenant
    ? new UserError(
        'usage',
        `'${sharedOwner}' is the owner of pools that are granted to tenants`,
        `Add such a pool: 'mtlb pool add ${sharedOwner}/…'.`,
      )
    : new UserError('usage', `'${sharedOwner}' has pools and endpoints, and no ${entity.noun}`)
}

/** Id of the row's owner; the one of shared pools is made with the first of them, when the change is written. */
export function findOwner(store: Store, entity: Entity, address: Address) {
  const isFirst = entity === pool && address[0] === sharedOwner && !store.find(tenant, { name: sharedOwner })
  const id = isFirst ? undefined : getOwnerId(store, entity, address)
  const make = (writer: Writer) =>
    isFirst ? writer.insert(tenant, { name: sharedOwner, note: 'Pools that are granted to tenants.' }).id : id
  return { id, make }
}

/** A shared pool as routes name it: `shared/all`. Throws UserError. */
export function getSharedPool(store: Store, text: string): string {
  const name = sharedPoolName(text)
  if (name === undefined) {
    throw new UserError('usage', `'${text}' is not a pool of '${sharedOwner}'`, `Write '${sharedOwner}/${text}'.`)
  }
  getRow(store, pool, [sharedOwner, name])
  return name
}

/** Throws UserError for a shared pool that does not exist or was not granted to the tenant. */
export function checkGranted(store: Store, text: string, tenantName: string): void {
  const name = getSharedPool(store, text)
  const row = store.find(tenant, { name: tenantName })
  if (row === undefined || row.grants.includes(name)) return
  throw new UserError(
    'not_found',
    `pool '${text}' is not granted to '${tenantName}'`,
    `Grant it: 'mtlb pool grant ${text} ${tenantName}'.`,
  )
}

/** Whom a shared pool is granted to. */
export function listGranted(store: Store, name: string): TenantRow[] {
  return store.list(tenant).filter(({ grants }) => grants.includes(name))
}

/** Routes of the tenant, or of all, that name the shared pool. */
export function listSharedRoutes(store: Store, name: string, where: { readonly tenantId?: number } = {}) {
  return store.list(route, { ...where, pool: `${sharedOwner}/${name}` })
}
