import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findPair, withoutCookies } from '../../../src/wire/http1/cookie.ts'
import { fieldId } from '../../../src/wire/http1/field-id.ts'
import { RequestHead } from '../../../src/wire/http1/request-head.ts'

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

const withoutCases: [values: string[], expected: string | undefined][] = [
  [['a=1; own_7=x; b=2'], 'a=1; b=2'],
  [['own_7=x'], ''],
  [['a=1', 'own_7=x; own_8=y', 'b=2;c=3'], 'a=1; b=2; c=3'],
  [['a=own_7; b=xown_7=1'], undefined],
  [['own_7'], ''],
  [[' ;; own_7=x;;a=1; '], 'a=1'],
  [['a=1'], undefined],
  [[], undefined],
]

for (const [values, expected] of withoutCases) {
  test(`what is left of '${values.join("', '")}' is ${expected === undefined ? 'all' : `'${expected}'`}`, () => {
    const head = new RequestHead()
    head.fieldIds = [fieldId.host, ...values.map(() => fieldId.cookie)]
    head.fieldValues = ['own_7=host', ...values]
    assert.equal(withoutCookies(head, 'own_'), expected)
  })
}
