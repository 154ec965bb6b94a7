import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { renderGeneratedFiles } from '../packaging/generated-files.ts'

const root = join(import.meta.dirname, '..')

const files = await renderGeneratedFiles()

for (const { path, text } of files) {
  test(`${path} is what npm run generate writes`, () => {
    assert.equal(readFileSync(join(root, path), 'utf8'), text)
  })
}

test('man/ has no page of a command that is gone', () => {
  const pages = files.map(({ path }) => path).filter((path) => path.startsWith('man/'))
  assert.deepEqual(globSync('man/*', { cwd: root }).toSorted(), pages.toSorted())
})
