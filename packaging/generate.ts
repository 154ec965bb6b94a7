/** `npm run generate` writes the files that are rendered from the sources; `--check` only says which are out of date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { renderGeneratedFiles } from './generated-files.ts'

const root = join(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')

for (const { path, text } of await renderGeneratedFiles()) {
  if (readIfThere(join(root, path)) === text) continue
  if (isCheck) {
    console.log(`${path} is out of date: run npm run generate`)
    process.exitCode = 1
    continue
  }
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  console.log(`wrote ${path}`)
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
