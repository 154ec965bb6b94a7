import { UserError } from '../kit/user-error.ts'
import { tenant } from '../model/tenant.ts'
import type { Writer } from '../store/writer.ts'
import type { ItemChange, Owner } from './compare-items.ts'
import type { Item } from './item.ts'

/** Writes the changes within the transaction under way. What `refuse` makes of a change that the writer refuses is thrown. */
export function writeChanges(
  writer: Writer,
  changes: readonly ItemChange[],
  refuse: (change: ItemChange, error: UserError) => UserError,
): void {
  const added = new Map<Item, number>()
  for (const change of changes) {
    try {
      writeItem(writer, change, added)
    } catch (error) {
      throw error instanceof UserError ? refuse(change, error) : error
    }
  }
}

function writeItem(writer: Writer, change: ItemChange, added: Map<Item, number>): void {
  const { action, entity, owner, before, after, fields } = change
  if (action === 'remove') writer.remove(entity, before!.id!)
  if (action === 'set') {
    const values = Object.fromEntries(fields.map(({ property }) => [property, after!.values[property]]))
    writer.update(entity, before!.id!, values)
  }
  if (action !== 'add') return
  const owned = owner === undefined ? {} : { [entity.ownerProperty ?? '']: idOf(owner, added) }
  const { id } = writer.insert(entity, { ...owned, [entity.nameField ?? '']: after!.name, ...after!.values })
  added.set(after!, id)
}

function idOf({ before, after }: Owner, added: ReadonlyMap<Item, number>): number | undefined {
  return before?.id ?? added.get(after)
}

/** Names of the tenants that these changes are about. */
export function touchedTenants(changes: readonly ItemChange[]): readonly string[] {
  const owned = changes.filter(({ entity }) => entity === tenant || entity.scope !== 'global')
  return [...new Set(owned.map(({ names }) => names[0]))]
}
