import type { FieldDeclaration } from './field.ts'

/** The same field, but the value may be missing: undefined here, NULL in the row and in JSON, '' on the screen. */
export function optional<Value>(field: FieldDeclaration<Value>): FieldDeclaration<Value | undefined, 'optional'> {
  return {
    ...field,
    need: 'optional',
    default: undefined,
    isNullable: true,
    parse: (text, label) => (text === '' ? undefined : field.parse(text, label)),
    render: (value) => (value === undefined ? '' : field.render(value)),
    renderRaw: (value) => (value === undefined ? '' : field.renderRaw(value)),
    encodeJson: (value) => (value === undefined ? null : field.encodeJson(value)),
    encode: (value) => (value === undefined ? null : field.encode(value)),
    decode: (stored) => (stored === null ? undefined : field.decode(stored)),
  }
}
