import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Flag } from '../../src/cli/command.ts'
import { parseArguments, parseLeadingWords } from '../../src/cli/parse-arguments.ts'
import type { UserError } from '../../src/kit/user-error.ts'

const flags: readonly Flag[] = [
  { name: 'connect-timeout', value: 'DURATION', summary: 'how long' },
  { name: 'host', value: 'NAME', summary: 'a host', isRepeatable: true },
  { name: 'wait', summary: 'wait', isNegatable: true },
  { name: 'no-input', summary: 'never ask' },
  { name: 'follow', short: 'f', summary: 'go on' },
]

const given = (argv: readonly string[]) => {
  const { words, flags: values } = parseArguments(flags, argv, 'mtlb help x')
  return { words, ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) }
}

const cases: readonly (readonly [name: string, argv: readonly string[], expected: object])[] = [
  [
    'flags may stand before, between and after words',
    ['--wait', 'a', '--connect-timeout', '5s', 'b'],
    { words: ['a', 'b'], wait: true, 'connect-timeout': '5s' },
  ],
  ['a value may follow an equals sign', ['--connect-timeout=5s'], { words: [], 'connect-timeout': '5s' }],
  ['an empty value is a value', ['--connect-timeout', ''], { words: [], 'connect-timeout': '' }],
  ['a repeated flag becomes a list', ['--host', 'a', '--host', 'b'], { words: [], host: ['a', 'b'] }],
  ['a negated switch is false', ['--no-wait'], { words: [], wait: false }],
  ['a switch that is a negation is true when given', ['--no-input'], { words: [], 'no-input': true }],
  ['a short switch', ['-f'], { words: [], follow: true }],
  ['words after two dashes are never flags', ['--', '--wait'], { words: ['--wait'] }],
]

for (const [name, argv, expected] of cases) test(name, () => assert.deepEqual(given(argv), expected))

test('an unknown flag is named with the one that was probably meant', () => {
  assert.throws(() => given(['--conect-timeout=5s']), {
    code: 'usage',
    message: "unknown flag '--conect-timeout'",
    hint: "Did you mean '--connect-timeout'?",
  })
  assert.throws(() => given(['-z']), { code: 'usage', message: "unknown flag '-z'", hint: "See 'mtlb help x'." })
})

test('a switch with a value is a usage error', () => {
  const expected = { code: 'usage', message: "flag '--follow' takes no value", hint: "Write '--follow' alone." }
  assert.throws(() => given(['--follow=yes']), expected)
})

test('a flag without its value is a usage error', () => {
  assert.throws(
    () => given(['--connect-timeout']),
    (error: UserError) => error.code === 'usage' && error.message.includes('--connect-timeout <DURATION>'),
  )
})

test('leading words are read past global flags and up to the first flag of the command', () => {
  const { words, flags: values } = parseLeadingWords(['--data', '/x', 'pool', 'add', 'acme/web', '--balance', 'y'])
  assert.deepEqual(words, ['pool', 'add', 'acme/web'])
  assert.equal(values.data, '/x')
})
