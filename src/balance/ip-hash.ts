import type { Algorithm } from './algorithm.ts'
import { createConsistent } from './consistent.ts'

export const ipHash: Algorithm = {
  name: 'ip-hash',
  summary: 'always the same for a client address; few move when endpoints come or go',
  hashes: 'client',
  create: createConsistent,
}
