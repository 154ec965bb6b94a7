import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retryCauseKind } from '../../../src/kit/field/retry-cause.ts'

test('a retry cause is a kind of fault or a status of 5xx', () => {
  const good = ['connect', 'reset', 'timeout', 'protocol', '503', '502-504'].map((text) =>
    retryCauseKind.parse(text, 'cause'),
  )
  assert.deepEqual(good, ['connect', 'reset', 'timeout', 'protocol', '503', '502-504'])
  for (const text of ['', 'conect', '404', '499-503', '504-502', '5xx']) {
    assert.throws(() => retryCauseKind.parse(text, 'cause'), { code: 'usage' }, text)
  }
})
