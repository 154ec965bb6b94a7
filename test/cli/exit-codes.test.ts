import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodeMeanings, exitCodes } from '../../src/cli/exit-codes.ts'

test('every exit code has one meaning and no code has two names', () => {
  const codes = Object.values(exitCodes)
  assert.equal(new Set(codes).size, codes.length)
  assert.deepEqual(
    exitCodeMeanings.map(([code]) => code),
    codes.toSorted((a, b) => a - b),
  )
})
