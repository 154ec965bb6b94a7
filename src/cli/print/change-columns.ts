import type { ItemChange } from '../../config/compare-items.ts'
import type { Field } from '../../kit/entity.ts'
import { createColumn } from './column.ts'

/** A change of a document, as `diff`, `apply` and `undo` tell it. */
export const changeColumns = [
  createColumn('action', 'text', ({ action }: ItemChange) => action),
  createColumn('noun', 'text', ({ entity }: ItemChange) => entity.noun),
  createColumn('name', 'text', ({ names }: ItemChange) => names.join('/')),
  createColumn('changes', 'list', (change: ItemChange) => describeFields(change)),
]

/** `weight: 1 to 4` */
function describeFields({ fields, before, after }: ItemChange): readonly string[] {
  return fields.map((field) => {
    const [from, to] = [before, after].map((item) => renderValue(field, item?.values[field.property]))
    return `${field.flag.slice(2)}: ${from} to ${to}`
  })
}

function renderValue(field: Field, value: unknown): string {
  if (field.isSecret) return '…'
  return value === undefined || field.render(value) === '' ? 'none' : field.render(value)
}

/** `2 added, 1 changed` */
export function countChanges(changes: readonly ItemChange[]): string {
  const words = { add: 'added', set: 'changed', remove: 'removed' } as const
  const counts = (['add', 'set', 'remove'] as const).map((action) => ({
    word: words[action],
    count: changes.filter((change) => change.action === action).length,
  }))
  const told = counts.filter(({ count }) => count > 0).map(({ word, count }) => `${count} ${word}`)
  return told.length === 0 ? 'no changes' : told.join(', ')
}
