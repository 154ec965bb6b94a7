import { UserError } from '../user-error.ts'

export type SqlValue = string | number | null
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Whether a new row must bring a value, or the declaration has one for it. */
export type Need = 'required' | 'optional'

export interface Choice {
  readonly name: string
  readonly summary: string
}

/** What a kind of value is, wherever it is used. Values are primitives or lists of them, already normalised. */
export interface FieldKind<Value> {
  /** `integer`, `duration`: the word for the kind itself. */
  readonly kind: string
  /** Placeholder in help: `--weight <number>`. */
  readonly valueName: string
  readonly sqlType: 'TEXT' | 'INTEGER'
  readonly choices?: readonly Choice[]
  readonly isRepeatable?: boolean
  /** Of an item of a list: it may have blanks within. */
  readonly hasBlanks?: boolean
  readonly isNullable?: boolean
  /** Table whose rows this value names, within the same tenant. */
  readonly refersTo?: string
  /** SQL condition on the shape of a stored value; never an open vocabulary. */
  check?(column: string): string
  /** Throws UserError('usage') that names the label, the text and the mend. */
  parse(text: string, label: string): Value
  /** Text for people; `parse` reads it back to an equal value. */
  render(value: Value): string
  /** Text for programs: raw units, no rounding. The same as `render` where the kind does not say. */
  renderRaw?(value: Value): string
  /** Raw units. The stored value where the kind does not say. */
  encodeJson?(value: Value): JsonValue
  encode(value: Value): SqlValue
  /** Never throws: a plain SQL writer may have stored anything that passes `check`. */
  decode(stored: SqlValue): Value
}

export interface FieldOptions<Value> {
  readonly summary: string
  readonly default?: Value
  readonly valueName?: string
  /** What operators call it where that is not its property word by word: `max body` for `maxBodyBytes`. */
  readonly label?: string
  /** Given when a row is added, never changed afterwards. */
  readonly isImmutable?: boolean
  /** Written by mtlb itself: no flag sets it. */
  readonly isManaged?: boolean
  /** Written by SQL itself: no writer sets it, the audit trail leaves it out. */
  readonly isDerived?: boolean
  /** Never shown; only the audit trail and exported documents have it. */
  readonly isSecret?: boolean
  /** Not a column of lists; shown by `show` and in JSON. */
  readonly isHidden?: boolean
}

/** A field as declared, before an entity gives it a name. */
export interface FieldDeclaration<Value = unknown, Needed extends Need = Need> {
  readonly kind: string
  readonly valueName: string
  readonly summary: string
  /** Undefined: its property, word by word. */
  readonly label: string | undefined
  readonly sqlType: 'TEXT' | 'INTEGER'
  readonly need: Needed
  readonly default: Value | undefined
  readonly choices: readonly Choice[] | undefined
  readonly refersTo: string | undefined
  readonly isRepeatable: boolean
  readonly isNullable: boolean
  readonly isImmutable: boolean
  readonly isManaged: boolean
  readonly isDerived: boolean
  readonly isSecret: boolean
  readonly isHidden: boolean
  check(column: string): string | undefined
  parse(text: string, label: string): Value
  render(value: Value): string
  renderRaw(value: Value): string
  encodeJson(value: Value): JsonValue
  encode(value: Value): SqlValue
  decode(stored: SqlValue): Value
}

export type NeedOf<Options> = 'default' extends keyof Options ? 'optional' : 'required'

/** Joins what a kind knows with what one use of it says. */
export function createField<Value, Options extends FieldOptions<Value>>(
  options: Options,
  kind: FieldKind<Value>,
): FieldDeclaration<Value, NeedOf<Options>> {
  return {
    kind: kind.kind,
    valueName: options.valueName ?? kind.valueName,
    summary: options.summary,
    label: options.label,
    sqlType: kind.sqlType,
    need: ('default' in options ? 'optional' : 'required') as NeedOf<Options>,
    default: options.default,
    choices: kind.choices,
    refersTo: kind.refersTo,
    isRepeatable: kind.isRepeatable ?? false,
    isNullable: kind.isNullable ?? false,
    isImmutable: options.isImmutable ?? false,
    isManaged: options.isManaged ?? options.isDerived ?? false,
    isDerived: options.isDerived ?? false,
    isSecret: options.isSecret ?? false,
    isHidden: options.isHidden ?? false,
    check: (column) => kind.check?.(column),
    parse: (text, label) => kind.parse(text, label),
    render: (value) => kind.render(value),
    renderRaw: (value) => kind.renderRaw?.(value) ?? kind.render(value),
    encodeJson: (value) => kind.encodeJson?.(value) ?? kind.encode(value),
    encode: (value) => kind.encode(value),
    decode: (stored) => kind.decode(stored),
  }
}

/** `weight '1200' is not a whole number from 0 to 1000`. */
export function createMismatch(label: string, text: string, expected: string, hint?: string): UserError {
  return new UserError('usage', `${label} ${quote(text)} is not ${expected}`, hint)
}

/** For messages: in single quotes, cut at 80 characters. */
export function quote(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text
  return `'${shown}'`
}

/** The half of a kind that all values share which are text in the row, in JSON and on the screen alike. */
export const textKind = {
  sqlType: 'TEXT',
  render: (value: string) => value,
  encode: (value: string) => value,
  decode: (stored: SqlValue) => String(stored ?? ''),
} as const
