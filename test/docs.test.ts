import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { exitCodeMeanings } from '../src/cli/exit-codes.ts'
import { findCommand } from '../src/cli/find-command.ts'
import { flagsOf, globalFlags } from '../src/cli/global-flags.ts'
import { parseArguments } from '../src/cli/parse-arguments.ts'
import { endpoint } from '../src/model/endpoint.ts'
import { pool } from '../src/model/pool.ts'
import { route } from '../src/model/route.ts'
import { tenant } from '../src/model/tenant.ts'
import { settingList, settingName } from '../src/model/setting.ts'
import { findRejection } from '../src/proxy/rejections.ts'

const root = join(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/*.md'], { cwd: root }).toSorted()

for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8')

  test(`every command in ${page} exists, with the flags it is shown with`, async () => {
    for (const line of findCommandLines(text)) await checkCommandLine(line)
  })

  test(`every link in ${page} leads to a file`, () => {
    const targets = Array.from(text.matchAll(/\]\((?!https?:)([^)#]+)/g), (match) => match[1])
    assert.deepEqual(
      targets.filter((target) => !existsSync(join(root, dirname(page), target))),
      [],
    )
  })
}

test('docs/operations.md lists every exit code', () => {
  const text = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  const section = text.slice(text.indexOf('## Exit codes'))
  const rows = Array.from(section.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm), (match) => [Number(match[1]), match[2]])
  assert.deepEqual(
    rows,
    exitCodeMeanings.map(([code, meaning]) => [code, meaning.replace('--yes', '`--yes`')]),
  )
})

test('docs/operations.md lists every bound that can be set, with its default and an answer that exists', () => {
  const text = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  const section = text.slice(text.indexOf('## Bounds'), text.indexOf('## Behind another proxy'))
  const rows = Array.from(section.matchAll(/^\| [^|`]+\| ([^|]+?) +\| `([^`]+)` +\| (.+?) +\|$/gm))
  const listed = new Map(rows.map(([, value, name]) => [name, value]))
  const fields = new Map([
    ...settingList.map((field) => [settingName(field), field] as const),
    ...[tenant, pool, endpoint, route].flatMap((entity) =>
      entity.fieldList.map((field) => [`${entity.noun} ${field.flag}`, field] as const),
    ),
  ])
  for (const [name, field] of fields) assert.ok(field.kind !== 'duration' || listed.has(name), `${name} is not listed`)
  for (const [name, value] of listed) {
    const field = fields.get(name)
    assert.ok(field !== undefined, `there is no ${name}`)
    const isUnbounded = field.default === undefined || field.default === 0
    const unbounded = name === 'max-connections' ? 'as many as open files allow' : 'none'
    assert.equal(value, isUnbounded ? unbounded : field.render(field.default), name)
  }
  for (const [, status, code] of section.matchAll(/(\d{3}) `([a-z_]+)`/g)) {
    assert.equal(findRejection(code).status, Number(status), code)
  }
})

/** Lines of a session, and what stands in backquotes within a sentence; `mtlb` itself and comments left out. */
function findCommandLines(text: string): string[] {
  const inSessions = Array.from(text.matchAll(/^ {4}(?:KEY=\$\()?mtlb ([a-z].*)$/gm), (match) => match[1])
  const inSentences = Array.from(text.matchAll(/`mtlb ([a-z][^`]*)`/g), (match) => match[1])
  return [...inSessions, ...inSentences].map((line) => line.replace(/\s*(?:&|\)?\s+#.*|\)|…)$/, ''))
}

async function checkCommandLine(line: string): Promise<void> {
  const argv = line.split(/\s+/)
  const words = argv.slice(0, 2).filter((word) => !word.startsWith('-'))
  const { command } = await findCommand(words, argv)
  const flags = command === undefined ? globalFlags : flagsOf(command)
  parseArguments(flags, argv, `mtlb help ${words.join(' ')}`)
}
