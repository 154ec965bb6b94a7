import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findJsonMismatch } from '../../../src/kit/field/json-match.ts'

const document = JSON.stringify({
  status: 'up',
  ok: true,
  left: 0,
  none: null,
  list: [{ a: 'x=y' }],
  nested: { deep: {} },
})

const cases: readonly [match: string, mismatch: string | undefined][] = [
  ['status=up', undefined],
  ['ok=true', undefined],
  ['left=0', undefined],
  ['none=null', undefined],
  ['list.0.a=x=y', undefined],
  ['nested.deep={}', undefined],
  ['status=down', "'status' is 'up', not 'down'"],
  ['ok=1', "'ok' is 'true', not '1'"],
  ['missing=1', "the body has no 'missing'"],
  ['status.length=2', "the body has no 'status.length'"],
  ['list.1.a=x', "the body has no 'list.1.a'"],
  ['constructor.name=Object', "the body has no 'constructor.name'"],
  ['__proto__=null', "the body has no '__proto__'"],
]
for (const [match, mismatch] of cases) {
  test(`${match}: ${mismatch ?? 'it matches'}`, () => assert.equal(findJsonMismatch(document, match), mismatch))
}

test('a body that is no JSON, or not all of one, matches nothing', () => {
  for (const body of ['', 'up', '{"status":"up"'])
    assert.equal(findJsonMismatch(body, 'status=up'), 'the body is no JSON')
})
