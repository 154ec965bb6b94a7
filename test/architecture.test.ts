import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { test } from 'node:test'
import { readSourceFiles } from './support/source-files.ts'
import type { SourceFile } from './support/source-files.ts'

/** Which rooms a room may import from, besides itself. The request path cannot reach SQLite by accident. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  slab: ['kit'],
  balance: ['kit'],
  auth: ['kit'],
  limit: ['kit', 'slab'],
  model: ['kit', 'balance', 'auth', 'limit'],
  store: ['model', 'kit'],
  snapshot: ['model', 'kit'],
  config: ['store', 'snapshot', 'model', 'kit'],
  wire: ['slab', 'kit'],
  upstream: ['wire', 'slab', 'kit'],
  ledger: ['slab', 'kit'],
  outbound: ['upstream', 'wire', 'kit'],
  proxy: ['upstream', 'wire', 'slab', 'snapshot', 'limit', 'auth', 'balance', 'kit'],
  control: 'proxy upstream wire slab store snapshot ledger outbound model limit balance auth kit'.split(' '),
  cli: ['control', 'config', 'store', 'ledger', 'model', 'snapshot', 'slab', 'auth', 'kit'],
}

/** Packages and their one home: a room, or a single file. */
const packages: Readonly<Record<string, readonly string[]>> = {
  commander: ['src/cli/'],
  inquirer: ['src/cli/'],
  'cli-table3': ['src/cli/'],
  'better-sqlite3': ['src/store/', 'src/ledger/'],
  undici: ['src/outbound/'],
  pino: ['src/kit/log.ts'],
  yaml: ['src/config/'],
  re2js: ['src/kit/path-regex.ts'],
  'dns-packet': ['src/outbound/'],
}

/** Rooms whose `index.ts` is a registry, where the array is the point. */
const registries = ['balance', 'auth', 'model']
const vagueNames = ['utils', 'util', 'helpers', 'common', 'types', 'lib', 'misc', 'shared']

const sources = readSourceFiles('src')
const tests = readSourceFiles('test')

test('every folder of src is a room of the plan', () => {
  assert.deepEqual(
    offenders(sources, (file) => !(roomOf(file.path) in rooms)),
    [],
  )
})

test('imports point downwards only', () => {
  assert.deepEqual(offendingImports(isUphill), [])
})

test('a package is imported in its one home only', () => {
  assert.deepEqual(offendingImports(isPackageAwayFromHome), [])
})

test('the time comes from kit/clock.ts alone', () => {
  const isReadingTime = (file: SourceFile) => /\bDate\.now\(|\bnew Date\(\)/.test(file.text)
  assert.deepEqual(offenders(sources, isReadingTime), ['src/kit/clock.ts'])
})

test('folders are at most two levels deep and say what they hold', () => {
  const isLost = ({ path }: SourceFile) => {
    const folders = path.split('/').slice(1, -1)
    return folders.length > 2 || folders.some((folder) => vagueNames.includes(folder))
  }
  assert.deepEqual(offenders(sources, isLost), [])
})

test('files are named in kebab-case, and index.ts is kept for registries', () => {
  const isMisnamed = ({ path }: SourceFile) => {
    const name = posix.basename(path)
    if (name === 'index.ts') return !registries.includes(roomOf(path))
    return !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name)
  }
  assert.deepEqual(offenders(sources, isMisnamed), [])
})

test('no cast goes through unknown', () => {
  assert.deepEqual(
    offenders([...sources, ...tests], (file) => /\bas unknown as\b/.test(withoutThisRule(file))),
    [],
  )
})

test('no test is skipped, postponed or run alone', () => {
  const isLoosened = (file: SourceFile) => /\b(?:test|it|describe|t)\.(?:only|skip|todo)\(/.test(file.text)
  assert.deepEqual(offenders(tests, isLoosened), [])
})

test('tests lie in the folder of what they test', () => {
  const isAstray = ({ path }: SourceFile) => {
    const folder = posix.dirname(path).slice('test/'.length)
    if (!path.endsWith('.test.ts') || folder === '' || folder.startsWith('support') || folder === 'e2e') return false
    return !existsSync(join('src', folder)) && !existsSync(folder)
  }
  assert.deepEqual(offenders(tests, isAstray), [])
})

function offenders(files: readonly SourceFile[], isOffending: (file: SourceFile) => boolean): string[] {
  return files.filter(isOffending).map((file) => file.path)
}

function offendingImports(isOffending: (file: SourceFile, name: string) => boolean): string[] {
  return sources.flatMap((file) =>
    file.imports.filter((name) => isOffending(file, name)).map((name) => `${file.path} imports ${name}`),
  )
}

function isUphill(file: SourceFile, name: string): boolean {
  if (!name.startsWith('.')) return false
  const from = roomOf(file.path)
  const to = roomOf(targetOf(file, name))
  return from !== to && !(rooms[from] ?? []).includes(to)
}

function isPackageAwayFromHome(file: SourceFile, name: string): boolean {
  if (name.startsWith('.') || name.startsWith('node:')) return false
  const homes = packages[name] ?? []
  return !homes.some((home) => file.path.startsWith(home))
}

function targetOf(file: SourceFile, name: string): string {
  return posix.join(posix.dirname(file.path), name)
}

/** `src/wire/http1/field-id.ts` lies in `wire`. */
function roomOf(path: string): string {
  return path.split('/')[1]
}

/** This file has to spell what it forbids. */
function withoutThisRule(file: SourceFile): string {
  return file.path === 'test/architecture.test.ts' ? '' : file.text
}
