import type { Entity } from '../kit/entity.ts'
import { entities, ownedBy } from '../model/index.ts'
import { tenant } from '../model/tenant.ts'
import type { Store } from '../store/store.ts'
import { documentFields } from './item.ts'
import type { Item } from './item.ts'

/** What is read: everything, or one tenant with all that is its own. */
export interface Scope {
  readonly tenant?: string | undefined
}

type Row = { readonly id: number } & Readonly<Record<string, unknown>>

/** The configuration as items, in the order of nouns and then of names: the same rows are the same items, whatever their ids. */
export function readItems(store: Store, scope: Scope = {}): Item[] {
  const topmost = scope.tenant === undefined ? entities.filter((entity) => entity.scope === 'global') : [tenant]
  return store.read(() => {
    const rows = new Map(entities.map((entity) => [entity, groupByOwner(entity, readRows(store, entity, scope))]))
    const build = (entity: Entity, ownerId: unknown): Item[] =>
      (rows.get(entity)?.get(ownerId) ?? [])
        .map((row) => ({
          entity,
          name: String(row[entity.nameField ?? '']),
          id: row.id,
          values: Object.fromEntries(documentFields(entity).map(({ property }) => [property, row[property]])),
          children: ownedBy(entity).flatMap((owned) => build(owned, row.id)),
        }))
        .toSorted(byName)
    return topmost.flatMap((entity) => build(entity, undefined))
  })
}

function readRows(store: Store, entity: Entity, scope: Scope): readonly Row[] {
  if (scope.tenant === undefined) return store.list(entity)
  const owner = store.find(tenant, { name: scope.tenant })
  if (owner === undefined) return []
  if (entity.scope === 'global') return entity === tenant ? [owner] : []
  return store.listOfTenant(entity, owner.id)
}

function groupByOwner({ ownerProperty }: Entity, rows: readonly Row[]): ReadonlyMap<unknown, readonly Row[]> {
  return Map.groupBy(rows, (row) => (ownerProperty === undefined ? undefined : row[ownerProperty]))
}

/** By code units, which no locale changes. */
function byName(a: Item, b: Item): number {
  if (a.name === b.name) return 0
  return a.name < b.name ? -1 : 1
}
