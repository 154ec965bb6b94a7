import type { FieldDeclaration, Need } from './field/field.ts'

export type FieldDeclarations = Readonly<Record<string, FieldDeclaration>>

/** A field with its names: one column, one flag, one JSON key. */
export interface Field<Value = unknown, Needed extends Need = Need> extends Omit<
  FieldDeclaration<Value, Needed>,
  'parse' | 'label'
> {
  /** `connectTimeoutMs` */
  readonly property: string
  /** `connect_timeout_ms`, in SQL and JSON. */
  readonly column: string
  /** `connect timeout` */
  readonly label: string
  /** `--connect-timeout` */
  readonly flag: string
  /** Throws UserError('usage') that names the text and the mend. */
  parse(text: string): Value
}

export type Fields<Declared extends FieldDeclarations = FieldDeclarations> = {
  readonly [K in keyof Declared]: Declared[K] extends FieldDeclaration<infer Value, infer Needed>
    ? Field<Value, Needed>
    : never
}

interface EntityDeclaration<Scope extends string, Declared extends FieldDeclarations> {
  /** As people say it: `ip rule`. */
  readonly noun: string
  /** The word on the command line where it is not the noun. */
  readonly command?: string
  readonly table: string
  readonly summary: string
  /** `global`, or the table of the owner: its rows go when the owner goes. */
  readonly scope: Scope
  /** Undefined: the owner has at most one, and it goes by the owner's name. */
  readonly nameField: (keyof Declared & string) | undefined
  /** Where a name is unique: within its owner (the default), everywhere, or nowhere. */
  readonly unique?: 'owner' | 'everywhere' | 'nowhere'
  readonly fields: Declared
}

/** One noun: everything that table, row type, validation, command line and JSON need to know of it. */
export interface Entity<Scope extends string = string, Declared extends FieldDeclarations = FieldDeclarations> {
  readonly noun: string
  readonly command: string
  readonly table: string
  readonly summary: string
  readonly scope: Scope
  readonly ownerColumn: string | undefined
  readonly ownerProperty: string | undefined
  readonly nameField: (keyof Declared & string) | undefined
  readonly unique: 'owner' | 'everywhere' | 'nowhere'
  readonly fields: Fields<Declared>
  /** The same fields in the order of their declaration. */
  readonly fieldList: readonly Field[]
}

type Simplify<T> = { [K in keyof T]: T[K] }
type OwnerId<Scope extends string> = string extends Scope
  ? unknown
  : Scope extends 'global'
    ? unknown
    : { readonly [K in `${Scope}Id`]: number }
type ValueOf<Declared> = Declared extends FieldDeclaration<infer Value> ? Value : never
type KeysOf<Declared, Needed extends Need> = {
  [K in keyof Declared]: Declared[K] extends FieldDeclaration<unknown, Needed> ? K : never
}[keyof Declared]

export type ValuesOf<Declared> = { readonly [K in keyof Declared]: ValueOf<Declared[K]> }

/** A stored row, decoded. */
export type RowOf<E> =
  E extends Entity<infer Scope, infer Declared>
    ? Simplify<{ readonly id: number } & OwnerId<Scope> & ValuesOf<Declared>>
    : never

/** What a new row must bring, and what it may. */
export type NewRowOf<E> =
  E extends Entity<infer Scope, infer Declared>
    ? Simplify<
        OwnerId<Scope> & {
          readonly [K in KeysOf<Declared, 'required'>]: ValueOf<Declared[K]>
        } & { readonly [K in KeysOf<Declared, 'optional'>]?: ValueOf<Declared[K]> | undefined }
      >
    : never

export type ChangesOf<E> = E extends Entity<string, infer Declared> ? Partial<ValuesOf<Declared>> : never

/** Declares a noun: its fields get their names, and what is not said its default. */
export function defineEntity<const Scope extends string, Declared extends FieldDeclarations>(
  declaration: EntityDeclaration<Scope, Declared>,
): Entity<Scope, Declared> {
  const { scope } = declaration
  const fields = defineFields(declaration.fields)
  return Object.freeze({
    noun: declaration.noun,
    command: declaration.command ?? declaration.noun,
    table: declaration.table,
    summary: declaration.summary,
    scope,
    ownerColumn: scope === 'global' ? undefined : `${scope}_id`,
    ownerProperty: scope === 'global' ? undefined : `${scope}Id`,
    nameField: declaration.nameField,
    unique: declaration.unique ?? 'owner',
    fields,
    fieldList: Object.freeze(Object.values<Field>(fields)),
  })
}

/** Gives every declared field its names. */
export function defineFields<Declared extends FieldDeclarations>(declared: Declared): Fields<Declared> {
  const named = Object.entries(declared).map(([property, field]) => [property, nameField(property, field)])
  return Object.freeze(Object.fromEntries(named)) as Fields<Declared>
}

function nameField(property: string, field: FieldDeclaration): Field {
  const words = property.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(' ')
  // A duration is written with its unit (`5s`), so its flag does not name one.
  const label = field.label ?? (words.at(-1) === 'ms' ? words.slice(0, -1) : words).join(' ')
  return Object.freeze({
    ...field,
    property,
    column: words.join('_'),
    label,
    flag: `--${label.replaceAll(' ', '-')}`,
    parse: (text: string) => field.parse(text, label),
  })
}
