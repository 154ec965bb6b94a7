import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEqualConstantTime, sha256Hex } from '../../src/kit/digest.ts'

test('the digest is that of FIPS 180-4', () => {
  assert.equal(sha256Hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

const pairs = [
  ['', '', true],
  ['abc', 'abc', true],
  ['abc', 'abd', false],
  ['abc', 'xbc', false],
  ['abc', 'abcd', false],
] as const

for (const [a, b, isEqual] of pairs) {
  test(`"${a}" and "${b}" are ${isEqual ? 'equal' : 'different'}`, () =>
    assert.equal(isEqualConstantTime(a, b), isEqual))
}
