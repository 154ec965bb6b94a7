import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean, findNearest } from '../../src/cli/did-you-mean.ts'

const verbs = ['add', 'list', 'show', 'set', 'remove']

const cases: readonly (readonly [text: string, candidates: readonly string[], expected: string | undefined])[] = [
  ['lst', verbs, 'list'],
  ['lsit', verbs, 'list'],
  ['remvoe', verbs, 'remove'],
  ['ADD', verbs, 'add'],
  ['--balnce', ['--balance', '--data'], '--balance'],
  ['web2', ['web', 'api'], 'web'],
  ['explode', verbs, undefined],
  ['x', verbs, undefined],
  ['', verbs, undefined],
  ['pool', [], undefined],
]

for (const [text, candidates, expected] of cases) {
  test(`'${text}' among ${candidates.length} names is taken for ${expected ?? 'nothing'}`, () => {
    assert.equal(findNearest(text, candidates), expected)
  })
}

test('the question quotes the candidate', () => {
  assert.equal(didYouMean('lst', verbs), "Did you mean 'list'?")
  assert.equal(didYouMean('explode', verbs), undefined)
})
