import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findField } from '../../../src/wire/http1/find-field.ts'
import { RequestHead } from '../../../src/wire/http1/request-head.ts'

test('a field is found by its name in any case, the first of several, and by its whole name only', () => {
  const head = new RequestHead()
  head.fieldLines = ['X-User-Id: 0\r\n', 'x-USER: ada\r\n', 'X-User: eve\r\n', 'User: tim\r\n']
  head.fieldValues = ['0', 'ada', 'eve', 'tim']
  assert.equal(findField(head, 'x-user'), 'ada')
  assert.equal(findField(head, 'user'), 'tim')
  assert.equal(findField(head, 'x-use'), undefined)
  assert.equal(findField(head, 'x-user-id-long'), undefined)
})
