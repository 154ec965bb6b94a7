import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import { readSourceFiles } from '../support/source-files.ts'

const sources = new Map(readSourceFiles('src').map(({ path, text }) => [path, text]))
const nouns = [...sources.keys()].filter((path) => path.startsWith('src/cli/nouns/'))
const verbs = [...sources.keys()].filter((path) => path.startsWith('src/cli/verbs/'))

test('the version needs one file beside the entry', () => {
  assert.deepEqual(reach('src/cli/main.ts'), ['src/cli/main.ts', 'src/cli/version.ts', 'node:fs'])
})

test('what is heavy is loaded by the command that needs it, when it needs it', () => {
  const heavy = ['inquirer', 'cli-table3', 'better-sqlite3', 'pino', 'undici', 'node:http', 'node:worker_threads']
  for (const entry of ['src/cli/run.ts', 'src/cli/create-surroundings.ts', ...nouns, ...verbs]) {
    const reached = reach(entry)
    const offending = reached.filter(
      (name) => heavy.includes(name) || /^src\/(control|ledger|proxy|snapshot)\//.test(name),
    )
    assert.deepEqual(offending, [], entry)
  }
})

/** Files and packages that are loaded together with a file, itself first. */
function reach(entry: string): string[] {
  const reached = new Set([entry])
  for (const path of reached) {
    for (const name of findValueImports(sources.get(path) ?? '')) {
      reached.add(name.startsWith('.') ? posix.join(posix.dirname(path), name) : name)
    }
  }
  return [...reached]
}

/** Imports that load something at once: neither of types nor dynamic. */
function findValueImports(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export) (?!type\b)[^'"`;]*?\bfrom '([^']+)'/gm)
  return Array.from(statements, ([, name]) => name)
}
