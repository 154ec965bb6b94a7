import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { key } from '../../src/model/key.ts'
import { plan } from '../../src/model/plan.ts'
import { pool } from '../../src/model/pool.ts'
import { price } from '../../src/model/price.ts'
import { route } from '../../src/model/route.ts'
import { setting } from '../../src/model/setting.ts'
import { tenant } from '../../src/model/tenant.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import { callCli, runCli } from '../support/run-cli.ts'
import { origin, tempFolder } from '../support/temp-store.ts'
import { writeExample } from '../store/example.ts'

function open(t: TestContext, folder: string) {
  const store = openStore({ folder, access: 'write', clock: systemClock })
  t.after(() => store.close())
  return store
}

/** Something of every noun, with values that are none of the defaults. */
function writeEverything(t: TestContext, folder: string): void {
  const store = open(t, folder)
  for (const name of ['globex', 'acme']) writeExample(store, name)
  store.write(origin, (writer) => {
    writer.insert(plan, { name: 'gold', rate: '50/s', quotas: ['1000/day', '10GB/month'] })
    writer.insert(price, { name: 'requests@2026-12-01', tiers: ['0.4/1M', '10M:0.3/1M'] })
    writer.insert(setting, { name: 'trusted-proxies', value: '10.0.0.0/8,192.0.2.1/32' })
    writer.insert(setting, { name: 'allow-exec', value: 'yes' })
    writer.update(tenant, 1, { state: 'suspended', note: 'yes: "a #\'b"', plan: 'gold', timeZone: 'Europe/Berlin' })
    const { id } = writer.insert(tenant, { name: 'shared' })
    writer.insert(pool, { tenantId: id, name: 'all', maxInFlight: 16, health: 'exec', healthCommand: 'true' })
    writer.update(tenant, 2, { grants: ['all'], weight: 4 })
    writer.insert(route, {
      tenantId: 2,
      name: '1.10',
      path: '/null',
      pool: 'shared/all',
      methods: ['GET'],
      timeoutMs: 1_500,
    })
    writer.update(key, 1, { revokedMs: 1_764_500_000_000 })
    writer.update(pool, 1, {
      healthHeaders: ['X-Probe: yes'],
      healthStatuses: ['204', '300-399'],
      stickyAgeMs: 90_061_000,
    })
  })
}

/** What a server makes of each tenant, without what another database numbers otherwise. */
function digest(t: TestContext, folder: string): unknown {
  const store = open(t, folder)
  const names = store.list(tenant).map(({ id, name }) => ({ name, rows: store.readTenants([id])[0] }))
  return names
    .map(({ name, rows }) => {
      const compiled = compileTenant(rows)
      assert.ok('snapshot' in compiled, name)
      return JSON.stringify(compiled.snapshot, (property, value: unknown) =>
        ['id', 'targetId', 'revision'].includes(property) ? 0 : value,
      )
    })
    .toSorted()
}

async function exportAll(data: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await callCli(['export', ...more], { data, clock: systemClock })
  assert.equal(code, 0, stderr)
  return stdout
}

test('what was exported and is applied to an empty folder is the same configuration, byte by byte', async (t) => {
  const [from, to] = [tempFolder(t), tempFolder(t)]
  writeEverything(t, from)
  const text = await exportAll(from)
  assert.doesNotMatch(text, /revision|sticky_secret/)
  const applied = await callCli(['apply', '-f', writeDocument(to, text)], { data: to })
  assert.equal(applied.code, 0, applied.stderr)
  assert.equal(await exportAll(to), text)
  assert.deepEqual(digest(t, to), digest(t, from))
  const again = await callCli(['apply', '-f', writeDocument(to, text)], { data: to })
  assert.deepEqual([again.code, again.stdout, again.stderr], [0, '', 'no changes\n'])
  assert.equal((await callCli(['diff', '-f', writeDocument(to, text)], { data: to })).code, 0)
})

test('one tenant comes and goes by itself', async (t) => {
  const folder = tempFolder(t)
  writeEverything(t, folder)
  const globex = await exportAll(folder, '--tenant', 'globex')
  assert.doesNotMatch(globex, /acme|gold:|settings/)
  const all = await exportAll(folder)
  const changed = all.replaceAll('weight: 3', 'weight: 7').replaceAll('enforce', 'x')
  const file = writeDocument(folder, changed)
  const { code, stdout } = await callCli(['apply', '-f', file, '--tenant', 'acme', '--prune'], { data: folder })
  assert.equal(code, 0)
  assert.equal(stdout, 'set\tendpoint\tacme/web/http://127.0.0.1:9001\tweight: 3 to 7\n')
  assert.equal(await exportAll(folder, '--tenant', 'globex'), globex)
  const strange = await callCli(['apply', '-f', file, '--tenant', 'nobody'], { data: folder })
  assert.equal(strange.code, 3)
})

function writeDocument(folder: string, text: string): string {
  const path = join(folder, 'document.yaml')
  writeFileSync(path, text)
  return path
}

const good = `
# The whole of it.
tenants:
  acme: # pilot
    hosts:
      api.acme.test:
    pools:
      web:
        endpoints:
          http://127.0.0.1:9001: {}
    routes:
      api:
        path: /
        pool: web
`

const manyAliases = Array.from({ length: 1_001 }, (_, index) => `  t${index}: *a\n`).join('')

/** What is wrong with a document, and what is said of it: file, line, path. */
const mistakes: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ['no YAML', good.replace('acme: # pilot', 'acme: {'), /document\.yaml:\d+: /],
  ['a tab', good.replace('    hosts', '\thosts'), /document\.yaml:\d+: /],
  [
    'a section that there is not',
    good.replace('tenants', 'tenant'),
    /:3: tenant: 'tenant' is not one of plans, tenants/,
  ],
  [
    'a field that there is not',
    good.replace('path:', 'paht:'),
    /:13: tenants\.acme\.routes\.api\.paht: route has no 'paht'/,
  ],
  [
    'a bad value',
    good.replace('path: /', 'path: api'),
    /:13: tenants\.acme\.routes\.api\.path: path 'api' is not a path/,
  ],
  ['a list in place of a value', good.replace('path: /', 'path: [/]'), /:13: .*\.path: path is not one value/],
  [
    'a value in place of a map',
    good.replace('hosts:\n      api.acme.test:', 'hosts: api.acme.test'),
    /:5: tenants\.acme\.hosts: names and values/,
  ],
  [
    'a value that is missing',
    good.replace('        pool: web\n', ''),
    /:12: tenants\.acme\.routes\.api: pool is missing/,
  ],
  ['an empty value', good.replace('pool: web', 'pool:'), /:14: .*\.pool: pool is empty/],
  ['a name twice', good.replace('acme: # pilot', 'acme: {}\n  acme:'), /:5: .*unique/i],
  [
    'a name that two texts stand for',
    good.replace('api.acme.test:', 'api.acme.test:\n      API.acme.test:'),
    /:7: .*host 'api\.acme\.test' is there twice/,
  ],
  ['a bad name', good.replace('acme: #', 'Acme!: #'), /:4: tenants\.Acme!: name 'Acme!' is not/],
  [
    'a setting that there is not',
    `${good}settings:\n  header-timeuot: 5s\n`,
    /:16: settings\.header-timeuot: there is no setting/,
  ],
  [
    'a bad setting',
    `${good}settings:\n  header-timeout: 5\n`,
    /:16: settings\.header-timeout: header timeout '5' is not a duration/,
  ],
  [
    'a pool that there is not',
    good.replace('pool: web', 'pool: wob'),
    /:14: tenants\.acme\.routes\.api\.pool: pool 'wob' does not exist/,
  ],
  [
    'two routes with one path',
    `${good}      other:\n        path: /\n        pool: web\n`,
    /:16: tenants\.acme\.routes\.other\.path: path '\/' is also that of route 'api'/,
  ],
  [
    'a plan that there is not',
    good.replace('hosts:', 'plan: gold\n    hosts:'),
    /:5: tenants\.acme\.plan: plan 'gold' does not exist/,
  ],
  [
    'what does not go together',
    good.replace('web:', 'web:\n        balance: hash'),
    /:8: tenants\.acme\.pools\.web: balance 'hash' does not know/,
  ],
  [
    'what the settings forbid',
    good.replace('web:', 'web:\n        health: exec\n        health-command: x'),
    /:9: tenants\.acme\.pools\.web\.health: .*allow-exec/,
  ],
  ['a plan without a rate', `${good}plans:\n  gold: {burst: 5}\n`, /:16: plans\.gold\.burst: the burst needs a rate/],
  [
    'a host that another has',
    `${good}  globex:\n    hosts:\n      api.acme.test:\n`,
    /:17: tenants\.globex\.hosts\.api\.acme\.test: host 'api\.acme\.test' belongs to another tenant/,
  ],
  [
    'a stranger among shared pools',
    good.replace('acme: #', 'shared: #'),
    /:4: tenants\.shared: 'shared' has pools and endpoints/,
  ],
  ['too many aliases', `tenants:\n  acme: &a {}\n${manyAliases}`, /there are more than 1000 aliases/],
]

for (const [what, text, message] of mistakes) {
  test(`a document with ${what} changes nothing, and says where`, async (t) => {
    const folder = tempFolder(t)
    writeExample(open(t, folder), 'before')
    const before = await exportAll(folder)
    const { code, stderr } = await callCli(['apply', '-f', writeDocument(folder, text)], { data: folder })
    assert.match(stderr, message)
    assert.ok(code === 6 || code === 5, `exit ${code}`)
    assert.equal(await exportAll(folder), before)
  })
}

test('a dry run says what would come of it, and changes nothing', async (t) => {
  const folder = tempFolder(t)
  const file = writeDocument(folder, good)
  const dry = await callCli(['apply', '-f', file, '--dry-run'], { data: folder })
  assert.equal(dry.code, 0)
  assert.match(dry.stderr, /it would be taken: 5 added/)
  assert.equal(open(t, folder).list(tenant).length, 0)
  const differing = await callCli(['diff', '-f', file, '--json'], { data: folder })
  assert.equal(differing.code, 10)
  assert.equal(JSON.parse(differing.stdout).length, 5)
})

test('nothing is removed unless it is said, and then it is asked first', async (t) => {
  const folder = tempFolder(t)
  const run = (...argv: string[]) => callCli(argv, { data: folder })
  for (const name of ['globex', 'acme']) writeExample(open(t, folder), name)
  open(t, folder).write(origin, (writer) => writer.insert(plan, { name: 'gold', rate: '50/s' }))
  const file = writeDocument(folder, good)
  assert.equal((await run('apply', '-f', file)).code, 0)
  const asked = await run('apply', '-f', file, '--prune')
  assert.equal(asked.code, 9)
  assert.match(asked.stderr, /would be removed: tenant 'globex'/)
  const pruned = await run('apply', '-f', file, '--prune', '--yes')
  assert.equal(pruned.code, 0, pruned.stderr)
  const store = open(t, folder)
  assert.deepEqual([store.list(tenant).length, store.list(pool).length, store.list(plan).length], [1, 1, 1])
  assert.equal((await run('apply', '-f', file, '--prune', '--yes')).stderr, 'no changes\n')
})

test('an applier that expects another revision, or comes second, is told and changes nothing', async (t) => {
  const folder = tempFolder(t)
  const revision = open(t, folder).readRevision()
  const files = ['one', 'two'].map((name) => {
    const path = join(folder, `${name}.yaml`)
    writeFileSync(path, good.replace('path: /', `path: /${name}`))
    return path
  })
  const expecting = ['--expect-revision', String(revision)]
  const results = await Promise.all(files.map((file) => runCli(['apply', '-f', file, ...expecting], { data: folder })))
  assert.deepEqual(
    results.map(({ code }) => code ?? -1).toSorted((a, b) => a - b),
    [0, 5],
  )
  const [won] = results.flatMap(({ code }, index) => (code === 0 ? [['one', 'two'][index]] : []))
  assert.equal(open(t, folder).list(route)[0].path, `/${won}`)
})

test('a thousand tenants are applied in a transaction, and nothing is left to do', async (t) => {
  const folder = tempFolder(t)
  const tenants = Array.from({ length: 1_000 }, (_, index) =>
    good.split('acme: # pilot\n')[1].replaceAll('acme', `t${index}`).replace(/^/, `  t${index}:\n`),
  )
  const file = writeDocument(folder, `tenants:\n${tenants.join('')}`)
  const applied = await callCli(['apply', '-f', file], { data: folder })
  assert.match(applied.stderr, /5000 added/)
  assert.equal((await callCli(['apply', '-f', file], { data: folder })).stderr, 'no changes\n')
})
