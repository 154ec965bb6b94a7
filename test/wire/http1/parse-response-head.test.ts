import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isParseError, parseErrors } from '../../../src/wire/http1/parse-error.ts'
import { parseResponseHead } from '../../../src/wire/http1/parse-response-head.ts'
import { acceptedResponses, refusedResponses } from './cases/responses.ts'
import { checkSplits } from './check-splits.ts'

test('responses that break a rule are refused by that rule, however they are split', () => {
  for (const [name, bytes, rule] of refusedResponses) {
    const buffer = Buffer.from(bytes, 'latin1')
    assert.deepEqual(parseResponseHead(buffer, 0, buffer.length), parseErrors[rule], name)
    checkSplits(parseResponseHead, buffer)
  }
})

test('responses that break no rule are read, however they are split', () => {
  for (const [name, bytes, head] of acceptedResponses) {
    const buffer = Buffer.from(bytes, 'latin1')
    const answer = parseResponseHead(buffer, 0, buffer.length)
    assert.ok(answer !== undefined && !isParseError(answer), `${name}: ${JSON.stringify(answer)}`)
    const { fieldNames, ...wanted } = head
    assert.partialDeepStrictEqual(answer, { byteLength: buffer.length, ...wanted }, name)
    if (fieldNames !== undefined) assert.deepEqual(answer.fieldNames, fieldNames, name)
    checkSplits(parseResponseHead, buffer)
  }
})
