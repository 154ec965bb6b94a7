import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions, JsonObject } from './field.ts'

/** An object as JSON text in the row and as an object in JSON output. */
export function json<const Options extends FieldOptions<JsonObject>>(options: Options) {
  return createField<JsonObject, Options>(options, jsonKind)
}

const jsonKind: FieldKind<JsonObject> = {
  kind: 'json',
  valueName: 'json',
  sqlType: 'TEXT',
  check: (column) => `json_type(${column}) = 'object'`,
  parse(text, label) {
    const value = readObject(text)
    if (value === undefined) throw createMismatch(label, text, 'a JSON object')
    return value
  },
  render: (value) => JSON.stringify(value),
  encodeJson: (value) => value,
  encode: (value) => JSON.stringify(value),
  decode: (stored) => readObject(String(stored)) ?? {},
}

function readObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
