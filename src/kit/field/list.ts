import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

interface ListOptions extends FieldOptions<readonly string[]> {
  readonly item: FieldKind<string>
}

/** Several words: the flag is repeated, or they are joined by commas, as they are in the row. Order is kept, doubles go. */
export function list<const Options extends ListOptions>(options: Options) {
  return createField<readonly string[], Options>(options, createListKind(options.item))
}

function createListKind(item: FieldKind<string>): FieldKind<readonly string[]> {
  return {
    kind: 'list',
    valueName: `${item.valueName},…`,
    sqlType: 'TEXT',
    isRepeatable: true,
    parse(text, label) {
      const words = splitWords(text)
      if (item.hasBlanks !== true && words.some((word) => /\s/.test(word)))
        throw createMismatch(label, text, 'a list joined by commas')
      return [...new Set(words.map((word) => item.parse(word, label)))]
    },
    render: (items) => items.join(','),
    encodeJson: (items) => items,
    encode: (items) => items.join(','),
    decode: (stored) => splitWords(String(stored ?? '')),
  }
}

function splitWords(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
