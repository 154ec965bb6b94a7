import { stringify } from 'yaml'
import type { Field } from '../kit/entity.ts'
import { documentFields, isDefault, keyOf, sectionOf, soleField } from './item.ts'
import type { Item } from './item.ts'

type Node = string | number | boolean | null | readonly string[] | { readonly [key: string]: Node }

/** The document of these items in YAML: equal items give equal bytes. What has its default is left out. */
export function renderDocument(items: readonly Item[]): string {
  if (items.length === 0) return '{}\n'
  return stringify(renderSections(items), { lineWidth: 0, nullStr: '', aliasDuplicateObjects: false })
}

function renderSections(items: readonly Item[]): { readonly [key: string]: Node } {
  const bySection = Map.groupBy(items, ({ entity }) => sectionOf(entity))
  return Object.fromEntries(
    [...bySection].map(([section, all]) => [
      section,
      Object.fromEntries(all.map((item) => [item.name, renderItem(item)])),
    ]),
  )
}

function renderItem({ entity, values, children }: Item): Node {
  const sole = soleField(entity)
  if (sole !== undefined) {
    const value = values[sole.property]
    return isDefault(sole, value) ? null : renderValue(sole, value)
  }
  const said = documentFields(entity).filter((field) => !isDefault(field, values[field.property]))
  return {
    ...Object.fromEntries(said.map((field) => [keyOf(field), renderValue(field, values[field.property])])),
    ...renderSections(children),
  }
}

/** Truth values, whole numbers and lists as YAML has them; all else as the command line takes it. */
function renderValue(field: Field, value: unknown): Node {
  if (typeof value === 'boolean') return value
  if (field.kind === 'integer' && typeof value === 'number') return value
  if (Array.isArray(value) && field.isRepeatable)
    return field
      .render(value)
      .split(',')
      .filter((word) => word !== '')
  return field.render(value)
}
