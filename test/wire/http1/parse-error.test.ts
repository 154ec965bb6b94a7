import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseErrors } from '../../../src/wire/http1/parse-error.ts'
import { refusedBodies } from './cases/chunked-bodies.ts'
import { refusedFields } from './cases/refused-fields.ts'
import { refusedFraming } from './cases/refused-framing.ts'
import { refusedLines } from './cases/refused-lines.ts'
import { refusedResponses } from './cases/responses.ts'

test('every rule refuses something', () => {
  const rules = [...refusedLines, ...refusedFields, ...refusedFraming].map(([, , , rule]) => rule)
  const others = [...refusedBodies, ...refusedResponses].map(([, , rule]) => rule)
  // A setting asks for it: see parse-request-head.test.ts.
  const used = new Set<string>([...rules, ...others, 'fieldUnderscore'])
  assert.deepEqual(
    Object.keys(parseErrors).filter((rule) => !used.has(rule)),
    [],
  )
})

test('every rule is frozen, and no two say the same', () => {
  const errors = Object.values(parseErrors)
  assert.ok(errors.every((error) => Object.isFrozen(error)))
  assert.equal(new Set(errors.map(({ detail }) => detail)).size, errors.length)
})
