import { resolve } from 'node:path'
import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

const longestPath = 1_000

/** A file that the server reads: `/etc/mtlb/web.json`. A relative path is one from where the command runs. */
export function filePath<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, filePathKind)
}

const filePathKind: FieldKind<string> = {
  ...textKind,
  kind: 'file',
  valueName: 'file',
  check: (column) => `${column} GLOB '/?*' AND length(${column}) <= ${longestPath}`,
  parse(text, label) {
    if (text.trim() === '' || /\p{Cc}/u.test(text)) throw createMismatch(label, text, 'the path of a file')
    const path = resolve(text)
    if (path === '/' || Array.from(path).length > longestPath) throw createMismatch(label, text, 'the path of a file')
    return path
  },
}
