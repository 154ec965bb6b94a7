import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Interrupted } from '../../src/cli/prompts.ts'
import { reportError } from '../../src/cli/report-error.ts'
import { UserError } from '../../src/kit/user-error.ts'

test('a mistake is one line, and a second one that mends it', () => {
  assert.deepEqual(report(new UserError('conflict', "pool 'web' exists already", "See 'mtlb pool list'.")), {
    code: 5,
    text: "mtlb: pool 'web' exists already\n  See 'mtlb pool list'.\n",
  })
})

test('a value that would drive the terminal is shown escaped', () => {
  const { text } = report(new UserError('usage', "name '\u001b[2J' is not a name"))
  assert.equal(text, String.raw`mtlb: name '\x1b[2J' is not a name` + '\n')
})

test('with --json an error is an object on one line', () => {
  const { code, text } = report(new UserError('not_found', 'gone'), { isJson: true })
  assert.equal(code, 3)
  assert.deepEqual(JSON.parse(text), { error: { code: 'not_found', message: 'gone', hint: null } })
})

test('a bug is one line that asks for a report, and its stack only on demand', () => {
  const bug = new TypeError('x is not a function')
  const { code, text } = report(bug)
  assert.equal(code, 70)
  assert.match(text, /^mtlb: x is not a function: this is a bug in mtlb; please report it.*\n$/)
  assert.match(report(bug, { env: { MTLB_DEBUG: '1' } }).text, /\n {4}at /)
})

test('an interrupted question says nothing and ends with 130', () => {
  assert.deepEqual(report(new Interrupted()), { code: 130, text: '' })
})

function report(error: unknown, { isJson = false, env = {} } = {}) {
  let text = ''
  const err = { isTerminal: false, width: 80, write: (part: string) => void (text += part) }
  const code = reportError(error, { isJson, err, env })
  return { code, text }
}
