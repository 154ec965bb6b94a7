import type { UserErrorCode } from '../kit/user-error.ts'

/** What a script may rely on. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  not_found: 3,
  not_allowed: 4,
  conflict: 5,
  problems: 6,
  unreachable: 7,
  storage: 8,
  confirmation: 9,
  differences: 10,
  bug: 70,
  interrupted: 130,
} as const satisfies Record<UserErrorCode | 'ok' | 'differences' | 'bug' | 'interrupted', number>

/** The same list in words, for help and man pages. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done'],
  [1, 'failed'],
  [2, 'usage: a wrong flag, value or name'],
  [3, 'not found'],
  [4, 'not allowed'],
  [5, 'conflict with what exists'],
  [6, 'the configuration has problems'],
  [7, 'server not reachable, or the change is not applied'],
  [8, 'storage: the data folder cannot be read or written'],
  [9, 'confirmation needed: repeat with --yes'],
  [10, 'there are differences'],
  [70, 'a bug in mtlb'],
  [130, 'interrupted'],
]
