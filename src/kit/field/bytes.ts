import { parseBytes, renderBytes } from '../units.ts'
import { createField, createMismatch } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'
import { numberKind } from './integer.ts'

interface BytesOptions extends FieldOptions<number> {
  readonly minBytes?: number
}

/** A size, written with a unit (`10MB`, `64KiB`) or as plain bytes. */
export function bytes<const Options extends BytesOptions>(options: Options) {
  return createField<number, Options>(options, createBytesKind(options.minBytes ?? 0))
}

function createBytesKind(minBytes: number): FieldKind<number> {
  return {
    ...numberKind,
    kind: 'bytes',
    valueName: 'size',
    check: (column) => `${column} >= ${minBytes}`,
    parse(text, label) {
      const size = parseBytes(text)
      if (size !== undefined && size >= minBytes) return size
      throw createMismatch(label, text, `a size of at least ${renderBytes(minBytes)}, like '10MB'`)
    },
    render: renderBytes,
  }
}
