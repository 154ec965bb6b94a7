import { createField, createMismatch, textKind } from './field.ts'
import type { Choice, FieldKind, FieldOptions } from './field.ts'

interface ChoiceOptions extends FieldOptions<string> {
  readonly choices: readonly Choice[]
}

/** One word of a closed list: SQL refuses all others. */
export function choice<const Options extends ChoiceOptions>(options: Options) {
  const names = options.choices.map(({ name }) => name)
  return createField<Options['choices'][number]['name'], Options>(options, {
    ...createChoiceKind(options.choices),
    check: (column) => `${column} IN (${names.map((name) => `'${name}'`).join(', ')})`,
  })
}

/** One word of a list that grows with a registry: SQL takes any word, the compiler of snapshots reports unknown ones. */
export function openChoice<const Options extends ChoiceOptions>(options: Options) {
  return createField<string, Options>(options, {
    ...createChoiceKind(options.choices),
    check: (column) => `length(${column}) > 0`,
  })
}

function createChoiceKind<Name extends string>(choices: readonly Choice[]): FieldKind<Name> {
  const names = choices.map(({ name }) => name)
  return {
    ...textKind,
    kind: 'choice',
    valueName: names.join('|'),
    choices: choices.map(({ name, summary }) => ({ name, summary })),
    parse(text, label) {
      if (!names.includes(text)) throw createMismatch(label, text, `one of ${names.join(', ')}`)
      return text as Name
    },
    decode: (stored) => String(stored) as Name,
  }
}
