import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeJson } from '../../../src/cli/print/encode-json.ts'

test('nothing in JSON drives a terminal, and it means the same', () => {
  const value = { text: 'a\u001b[2J\u009b31m\u202eevil\u2028\u007f', list: ['grüße', 1, null] }
  const text = encodeJson(value)
  assert.match(text, /^[^\u0000-\u001f\u007f-\u009f\u2028\u202e]*$/)
  assert.deepEqual(JSON.parse(text), value)
  assert.ok(text.includes('grüße'))
})
