import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findPair } from '../../../src/wire/http1/cookie.ts'

const cases: [pairs: string, name: string, separator: ';' | '&', expected: string | undefined][] = [
  ['a=1; b=2; c=3', 'b', ';', '2'],
  ['a=1;b=2', 'b', ';', '2'],
  ['ab=1; b=2', 'b', ';', '2'],
  ['a=1; b=x=y', 'b', ';', 'x=y'],
  ['a=1 ; b=2', 'a', ';', '1'],
  ['b=1; b=2', 'b', ';', '1'],
  ['a=1; b=; b=2', 'b', ';', '2'],
  ['a=1; b', 'b', ';', undefined],
  ['a=1', 'A', ';', undefined],
  ['', 'a', ';', undefined],
  [';;;', 'a', ';', undefined],
  ['x=1&user=ada&user=eve', 'user', '&', 'ada'],
  ['user', 'user', '&', undefined],
  ['superuser=x', 'user', '&', undefined],
]

for (const [pairs, name, separator, expected] of cases) {
  test(`'${name}' of '${pairs}'`, () => assert.equal(findPair(pairs, name, separator), expected))
}
