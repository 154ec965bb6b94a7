import { createField, createMismatch, textKind } from './field.ts'
import type { FieldOptions } from './field.ts'

/** `status=up`, `checks.db.0.ok=true`: where in a JSON document something stands, and what. */
export function jsonMatch<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, {
    ...textKind,
    kind: 'json match',
    valueName: 'path=value',
    check: (column) => `${column} LIKE '_%=_%' AND length(${column}) <= 200`,
    parse(text, label) {
      const trimmed = text.trim()
      if (trimmed.length <= 200 && /^[^\s.=]+(?:\.[^\s.=]+)*=[^\p{Cc}]+$/u.test(trimmed)) return trimmed
      throw createMismatch(label, text, "a path and its value, like 'status=up' or 'checks.db.ok=true'")
    },
  })
}

/** Why a document does not match; undefined when it does. Text, numbers, true, false and null are compared as they are written. */
export function findJsonMismatch(document: string, match: string): string | undefined {
  const at = match.indexOf('=')
  const path = match.slice(0, at)
  const wanted = match.slice(at + 1)
  let value: unknown
  try {
    value = JSON.parse(document)
  } catch {
    return 'the body is no JSON'
  }
  for (const step of path.split('.')) value = stepInto(value, step)
  if (value === undefined) return `the body has no '${path}'`
  const found = typeof value === 'string' ? value : JSON.stringify(value)
  return found === wanted ? undefined : `'${path}' is '${found.slice(0, 100)}', not '${wanted}'`
}

function stepInto(value: unknown, step: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return (value as Readonly<Record<string, unknown>>)[step]
}
