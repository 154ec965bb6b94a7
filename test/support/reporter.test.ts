import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'

test('the report is one line when all is well', (t) => {
  const { status, stdout } = runTests(t, {
    'a.test.mjs': `test('one', () => {}); test('two', () => console.log('noise'))`,
    'b.test.mjs': `test('three', (t) => t.test('four', () => {}))`,
  })
  assert.equal(stdout, '4 passed, 0 failed\n')
  assert.equal(status, 0)
})

test('a failure is told with its place, its path, the difference and what its file printed', (t) => {
  const { status, stdout } = runTests(t, {
    'bad.test.mjs': `
      console.log('a clue')
      test('outer', (t) => t.test('inner', () => assert.equal(1, 2)))
      test('skipped', { skip: true }, () => {})`,
    'good.test.mjs': `test('one', () => console.log('noise'))`,
  })
  assert.match(stdout, /^FAIL bad\.test\.mjs:\d+ outer > inner$/m)
  assert.match(stdout, /1 !== 2/)
  assert.match(stdout, /printed by bad\.test\.mjs:\n {2}a clue/)
  assert.doesNotMatch(stdout, /noise|FAIL .* outer$/m)
  assert.match(stdout, /\n1 passed, 1 failed, 1 skipped\n$/)
  assert.equal(status, 1)
})

test('a file that ends early counts as a failure', (t) => {
  const { status, stdout } = runTests(t, { 'early.test.mjs': `test('one', () => process.exit(4))` })
  assert.match(stdout, /^FAIL early\.test\.mjs:\d+ .*\n {2}the process of this file ended early with exit code 4$/m)
  assert.match(stdout, /\n0 passed, 1 failed\n$/)
  assert.equal(status, 1)
})

function runTests(t: TestContext, files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'mtlb-reporter-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const imports = `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\n`
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), imports + text)
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const reporter = join(import.meta.dirname, 'reporter.ts')
  const args = ['--test', `--test-reporter=${reporter}`, ...Object.keys(files)]
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' })
}
