import type { Algorithm } from './algorithm.ts'
import { createConsistent } from './consistent.ts'

export const hash: Algorithm = {
  name: 'hash',
  summary: 'always the same for what --hash-on names; few move when endpoints come or go',
  hashes: 'chosen',
  create: createConsistent,
}
