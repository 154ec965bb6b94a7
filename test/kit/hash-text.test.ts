import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashNumber, hashText } from '../../src/kit/hash-text.ts'

test('a text has the hash that MurmurHash3 gives its UTF-16 characters', () => {
  // The reference vectors of even length: the empty text, and blocks of two zero characters.
  assert.equal(hashText(''), 0)
  assert.equal(hashText('', 1), 0x514e28b7)
  assert.notEqual(hashText('\0\0'), hashText('\0\0\0\0'))
})

test('a change of one character anywhere, or of the seed, is another hash', () => {
  const text = 'user-1234567'
  const seen = new Set([hashText(text), hashText(text, 1), hashText(text.slice(1)), hashText(`${text}x`)])
  for (let at = 0; at < text.length; at += 1) seen.add(hashText(`${text.slice(0, at)}#${text.slice(at + 1)}`))
  assert.equal(seen.size, 4 + text.length)
})

test('neighbours fill a thousand places evenly', () => {
  for (const hashOf of [(key: number) => hashText(`10.0.0.${key}`), (key: number) => hashNumber(key, 5)]) {
    const counts = Array.from({ length: 1_000 }, () => 0)
    for (let key = 0; key < 100_000; key += 1) counts[hashOf(key) % 1_000] += 1
    // Chi squared with 999 degrees of freedom: 1,230 is beyond one in a million.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)
    assert.ok(chiSquared > 790 && chiSquared < 1_230, `${chiSquared}`)
  }
})
