import { createMismatch, textKind } from './field.ts'
import type { FieldKind } from './field.ts'

/** One status or a range of them, `204` or `200-399`; an item of a list. */
export const statusRangeKind: FieldKind<string> = {
  ...textKind,
  kind: 'status range',
  valueName: 'status',
  parse(text, label) {
    const [, first, last = first] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? []
    if (first === undefined || first > last) throw createMismatch(label, text, 'a status or a range of them: 200-399')
    return first === last ? first : `${first}-${last}`
  },
}

/** Whether a status is in a range that the kind has parsed. */
export function statusMatches(range: string, status: number): boolean {
  const [first, last = first] = range.split('-')
  return status >= Number(first) && status <= Number(last)
}
