import type { Entity, Field } from '../kit/entity.ts'
import { documentFields, isSameValue, sectionOf } from './item.ts'
import type { Item } from './item.ts'

/** What makes one row what the other document says. */
export interface ItemChange {
  readonly action: 'add' | 'set' | 'remove'
  readonly entity: Entity
  /** Names of its owners and its own, outermost first. */
  readonly names: readonly string[]
  /** What it belongs to, as it is to be; undefined for what belongs to nobody, and for what is removed. */
  readonly owner: Owner | undefined
  /** What there is; undefined where it is added. */
  readonly before: Item | undefined
  /** What is to be; undefined where it is removed. */
  readonly after: Item | undefined
  /** That have another value; of what is set. */
  readonly fields: readonly Field[]
}

export interface Owner {
  readonly before: Item | undefined
  readonly after: Item
}

interface Comparing {
  /** Whether what the new document does not have goes. */
  readonly isPruning: boolean
}

/** From the items that there are to those that are to be: what goes first, then owners before what they own. */
export function compareItems(before: readonly Item[], after: readonly Item[], comparing: Comparing): ItemChange[] {
  const removed: ItemChange[] = []
  const others: ItemChange[] = []
  compare({ before, after, owner: undefined }, [], { ...comparing, removed, others })
  return [...removed, ...others]
}

interface Found extends Comparing {
  readonly removed: ItemChange[]
  readonly others: ItemChange[]
}

function compare(
  { before, after, owner }: { before: readonly Item[]; after: readonly Item[]; owner: Owner | undefined },
  owners: readonly string[],
  found: Found,
): void {
  const known = new Map(before.map((item) => [identify(item), item]))
  const wanted = new Set(after.map(identify))
  if (found.isPruning) {
    for (const item of before) {
      if (wanted.has(identify(item))) continue
      const names = [...owners, item.name]
      const change = { entity: item.entity, names, before: item, after: undefined, fields: [], owner: undefined }
      found.removed.push({ action: 'remove', ...change })
    }
  }
  for (const item of after) {
    const names = [...owners, item.name]
    const current = known.get(identify(item))
    const fields = current === undefined ? [] : changedFields(current, item)
    const change = { entity: item.entity, names, owner, before: current, after: item, fields }
    if (current === undefined) found.others.push({ action: 'add', ...change })
    else if (fields.length > 0) found.others.push({ action: 'set', ...change })
    const below = { before: current?.children ?? [], after: item.children }
    compare({ ...below, owner: { before: current, after: item } }, names, found)
  }
}

function identify({ entity, name }: Item): string {
  return `${sectionOf(entity)} ${name}`
}

function changedFields(before: Item, after: Item): readonly Field[] {
  return documentFields(after.entity).filter(
    (field) => !isSameValue(field, before.values[field.property], after.values[field.property]),
  )
}
