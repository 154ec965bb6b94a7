import assert from 'node:assert/strict'
import test from 'node:test'
import { renderHttpDate } from '../../../src/wire/http1/http-date.ts'

test('a date has the fixed form of RFC 9110 and changes with the second', () => {
  assert.equal(renderHttpDate(Date.UTC(1994, 10, 6, 8, 49, 37)), 'Sun, 06 Nov 1994 08:49:37 GMT')
  assert.equal(renderHttpDate(Date.UTC(1994, 10, 6, 8, 49, 37, 999)), 'Sun, 06 Nov 1994 08:49:37 GMT')
  assert.equal(renderHttpDate(Date.UTC(1994, 10, 6, 8, 49, 38)), 'Sun, 06 Nov 1994 08:49:38 GMT')
})
