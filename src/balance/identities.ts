import { hashText } from '../kit/hash-text.ts'

/**
 * Two words for each name, 64 bits, so that no two of a pool are ever taken for each other. Made of nothing but the name:
 * no restart, no reordering and no edit of others moves a key, and two servers with the same endpoints agree.
 */
export function hashNames(names: readonly string[]): Int32Array {
  const words = new Int32Array(names.length * 2)
  for (const [index, name] of names.entries()) {
    words[index * 2] = hashText(name, 0x9e3779b9)
    words[index * 2 + 1] = hashText(name, 0x7f4a7c15)
  }
  return words
}
