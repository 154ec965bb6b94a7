import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeControls } from '../../../src/cli/print/escape-controls.ts'

const cases: readonly (readonly [text: string, expected: string])[] = [
  ['/plain?x=1', '/plain?x=1'],
  ['grüße, 東京 🚀', 'grüße, 東京 🚀'],
  ['\u001b[2Jgone', String.raw`\x1b[2Jgone`],
  ['a\tb\nc\rd', String.raw`a\tb\nc\rd`],
  ['\u0000\u007f', String.raw`\x00\x7f`],
  ['\u009b31m', String.raw`\x9b31m`],
  ['evil\u202egnp.exe', String.raw`evil\u{202e}gnp.exe`],
  ['line\u2028break', String.raw`line\u{2028}break`],
  ['half \ud800 pair', String.raw`half \u{d800} pair`],
]

for (const [text, expected] of cases) {
  test(`${JSON.stringify(text)} is shown as ${expected}`, () => assert.equal(escapeControls(text), expected))
}
