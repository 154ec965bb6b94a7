import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasonPhrase } from '../../../src/wire/http1/reason-phrase.ts'

test('registered statuses have their phrase, all others none', () => {
  const phrases: [status: number, phrase: string][] = [
    [200, 'OK'],
    [404, 'Not Found'],
    [417, 'Expectation Failed'],
    [431, 'Request Header Fields Too Large'],
    [504, 'Gateway Timeout'],
    [299, ''],
    [599, ''],
    [600, ''],
    [-1, ''],
  ]
  for (const [status, phrase] of phrases) assert.equal(reasonPhrase(status), phrase)
})
