import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs } from '../../src/proxy/backoff.ts'

const longest = (retry: number) => backoffMs(retry, { baseMs: 25, random: () => 1 })

test('the first retry goes at once, further ones wait up to a time that doubles, to ten times its beginning', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 9].map(longest), [0, 25, 50, 100, 200, 250, 250])
})

test('a wait is a random part of it', () => {
  assert.deepEqual(
    [0, 0.25, 0.5].map((part) => backoffMs(4, { baseMs: 25, random: () => part })),
    [0, 25, 50],
  )
})
