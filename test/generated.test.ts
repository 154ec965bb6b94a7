import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { renderGeneratedFiles } from '../packaging/generated-files.ts'

const root = join(import.meta.dirname, '..')

for (const { path, text } of await renderGeneratedFiles()) {
  test(`${path} is what npm run generate writes`, () => {
    assert.equal(readFileSync(join(root, path), 'utf8'), text)
  })
}
