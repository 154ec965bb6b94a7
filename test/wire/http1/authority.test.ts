import assert from 'node:assert/strict'
import test from 'node:test'
import { parseAuthority, recallAuthority } from '../../../src/wire/http1/authority.ts'

test('what is recalled is what would be parsed, whatever was asked for before', () => {
  const names = Array.from({ length: 5_000 }, (_, index) => `Tenant-${index}.example${index % 7 === 0 ? ':8080' : ''}`)
  const texts = [...names, '', 'a..b', 'a:0', 'user@a', '[::1]:80', '[::1', 'A.TEST.', 'a.test']
  for (let round = 0; round < 2; round += 1) {
    for (const text of texts) assert.deepEqual(recallAuthority(text), parseAuthority(text), text)
  }
})

test('a name that is asked for again is the same object', () => {
  assert.equal(recallAuthority('again.test'), recallAuthority('again.test'))
})
