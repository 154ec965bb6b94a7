import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { renderDocument } from '../../src/config/render-document.ts'
import { readItems } from '../../src/config/read-items.ts'
import { decodeJson, iterateTransactions, revertRows } from '../../src/config/revert.ts'
import { Random } from '../../src/kit/random.ts'
import { endpoint } from '../../src/model/endpoint.ts'
import { host } from '../../src/model/host.ts'
import { entities } from '../../src/model/index.ts'
import { key } from '../../src/model/key.ts'
import { limit } from '../../src/model/limit.ts'
import { plan } from '../../src/model/plan.ts'
import { pool } from '../../src/model/pool.ts'
import { route } from '../../src/model/route.ts'
import { setting } from '../../src/model/setting.ts'
import { tenant } from '../../src/model/tenant.ts'
import type { Store } from '../../src/store/store.ts'
import type { Writer } from '../../src/store/writer.ts'
import { callCli } from '../support/run-cli.ts'
import { tempStore } from '../support/temp-store.ts'
import { writeExample } from '../store/example.ts'

/** In pages of three rows, which cut transactions in two. */
const listTransactions = (store: Store) => [
  ...iterateTransactions((beforeId) => store.listAudit({ beforeId, count: 3 })),
]

const documentOf = (store: Store) => renderDocument(readItems(store))

/** One of the things that operators do, to whatever there is. */
function doSomething(store: Store, writer: Writer, random: Random): void {
  const pick = <T>(from: readonly T[]): T | undefined => from[random.below(Math.max(1, from.length))]
  const name = () => `n${random.below(1_000_000)}`
  const owner = pick(store.list(tenant))
  const tenantId = owner?.id ?? writer.insert(tenant, { name: name() }).id
  const owned = pick(store.list(pool, { tenantId }))
  switch (random.below(12)) {
    case 0:
      writer.insert(tenant, { name: name(), weight: 3 })
      break
    case 1:
      writer.update(tenant, tenantId, { note: name(), state: 'suspended' })
      break
    case 2:
      if (store.list(tenant).length > 3) writer.remove(tenant, tenantId)
      break
    case 3:
      writer.insert(pool, { tenantId, name: name(), healthStatuses: ['204'], healthHeaders: ['X-Probe: yes'] })
      break
    case 4:
      if (owned !== undefined)
        writer.insert(endpoint, { poolId: owned.id, url: `http://127.0.0.1:${1_000 + random.below(60_000)}` })
      break
    case 5:
      if (owned !== undefined)
        writer.update(pool, owned.id, { slowStartMs: random.below(9_000), panicBelowPercent: 33 })
      break
    case 6:
      if (owned !== undefined) writer.remove(pool, owned.id)
      break
    case 7:
      writer.insert(route, {
        tenantId,
        name: name(),
        path: `/${name()}`,
        pool: owned?.name ?? 'web',
        methods: ['GET', 'PUT'],
      })
      break
    case 8:
      writer.insert(key, { tenantId, name: name(), hash: 'cd'.repeat(32), prefix: 'mtlb_x' })
      break
    case 9: {
      const found = pick(store.list(key))
      if (found !== undefined) writer.update(key, found.id, { revokedMs: 1_764_000_000_000 + random.below(1_000) })
      break
    }
    case 10:
      writer.insert(host, { tenantId, name: `${name()}.test` })
      writer.insert(plan, { name: name(), quotas: ['5/day'] })
      break
    default: {
      const found = store.find(limit, { tenantId, target: 'tenant' })
      if (found === undefined)
        writer.insert(limit, { tenantId, target: 'tenant', rate: '7/s', quotas: ['9/day', '1GB/week'] })
      else writer.remove(limit, found.id)
    }
  }
}

for (const seed of [1, 2, 3, 4, 5]) {
  test(`whatever was done after a revision can be taken back, seed ${seed}`, (t) => {
    const { store, clock } = tempStore(t)
    const random = new Random(seed)
    const origin = { actor: 'ada', command: 'mtlb test' }
    const states = [{ revision: store.readRevision(), document: documentOf(store) }]
    for (let step = 0; step < 60; step++) {
      clock.advance(1)
      const { revision } = store.write(origin, (writer) => doSomething(store, writer, random))
      states.push({ revision, document: documentOf(store) })
    }
    for (const { revision, document } of [states[45], states[20], states[0]]) {
      clock.advance(1)
      const rows = store
        .listAudit({ count: 1e9 })
        .filter((row) => row.revision > revision)
        .toReversed()
      store.write(origin, (writer) => revertRows(store, writer, rows))
      assert.equal(documentOf(store), document)
      assert.equal(store.verifyAudit().tampered, undefined)
    }
  })
}

test('a command is one transaction, however many rows it wrote', (t) => {
  const { store, clock } = tempStore(t)
  writeExample(store)
  clock.advance(1)
  store.write({ actor: 'ada', command: 'mtlb tenant set acme --note x' }, (writer) =>
    writer.update(tenant, 1, { note: 'x' }),
  )
  const groups = listTransactions(store)
  assert.deepEqual(
    groups.map(({ rows, command }) => [command, rows.length]),
    [
      ['mtlb tenant set acme --note x', 1],
      ['mtlb test', 8],
    ],
  )
})

test('what the trail tells of a value is that value again', () => {
  for (const { fieldList } of entities) {
    for (const field of fieldList) {
      if (field.default === undefined) continue
      assert.deepEqual(decodeJson(field, field.encodeJson(field.default)), field.default)
    }
  }
  assert.equal(decodeJson(key.fields.revokedMs, key.fields.revokedMs.encodeJson(1_764_000_000_123)), 1_764_000_000_123)
})

async function setUp(t: TestContext) {
  const { store, folder, clock } = tempStore(t)
  const run = (...argv: string[]) => {
    clock.advance(1)
    return callCli(argv, { data: folder, clock })
  }
  await run('tenant', 'add', 'acme', '--host', 'api.acme.test')
  await run('pool', 'add', 'acme/web')
  await run('route', 'add', 'acme/api', '--pool', 'web')
  return { store, run }
}

test('undo takes back the last command, and undoing that brings it back', async (t) => {
  const { store, run } = await setUp(t)
  await run('key', 'add', 'acme/ci')
  const before = documentOf(store)
  assert.equal((await run('tenant', 'remove', 'acme', '--yes')).code, 0)
  const gone = documentOf(store)
  const undone = await run('undo')
  assert.equal(undone.code, 0, undone.stderr)
  assert.match(undone.stderr, /takes back revision \d+: mtlb tenant remove acme --yes/)
  assert.match(undone.stdout, /^add\ttenant\tacme\n(add\t.*\n){3}add\thost\tacme\/api\.acme\.test\n$/)
  assert.equal(documentOf(store), before)
  assert.equal((await run('undo')).code, 0)
  assert.equal(documentOf(store), gone)
})

test('undo of an earlier command leaves what came after it alone, or says what is in its way', async (t) => {
  const { store, run } = await setUp(t)
  await run('tenant', 'set', 'acme', '--note', 'first')
  const first = store.readRevision()
  await run('tenant', 'set', 'acme', '--weight', '5')
  assert.equal((await run('undo', String(first))).code, 0)
  assert.deepEqual([store.find(tenant, { name: 'acme' })?.note, store.find(tenant, { name: 'acme' })?.weight], ['', 5])
  const again = await run('undo', String(first))
  assert.equal(again.code, 5)
  assert.match(again.stderr, /tenant 'acme' has another note since/)
  const [oldest] = listTransactions(store).slice(-1)
  const owner = await run('undo', String(oldest.revision))
  assert.equal(owner.code, 5)
  assert.match(owner.stderr, /tenant 'acme' has another weight since/)
  await run('pool', 'add', 'acme/spare')
  const spare = store.readRevision()
  await run('endpoint', 'add', 'acme/spare', 'http://127.0.0.1:9001')
  assert.match((await run('undo', String(spare))).stderr, /pool 'acme\/spare' has endpoint 'http:.*' since/)
})

test('what would not work afterwards is not done', async (t) => {
  const { store, run } = await setUp(t)
  const [, added] = listTransactions(store)
  const before = documentOf(store)
  const refused = await run('undo', String(added.revision))
  assert.equal(refused.code, 6)
  assert.match(refused.stderr, /would break something: tenant 'acme', route 'api': pool 'web' does not exist/)
  assert.equal(documentOf(store), before)
})

test('rollback goes to a revision, asks first, and a dry run does nothing', async (t) => {
  const { store, run } = await setUp(t)
  const document = documentOf(store)
  const to = String(store.readRevision())
  await run('setting', 'set', 'header-timeout', '5s')
  await run('tenant', 'suspend', 'acme')
  await run('endpoint', 'add', 'acme/web', 'http://127.0.0.1:9001')
  const changed = documentOf(store)
  assert.equal((await run('rollback', '--to', to)).code, 9)
  assert.equal((await run('rollback', '--to', to, '--dry-run')).code, 0)
  assert.equal(documentOf(store), changed)
  const done = await run('rollback', '--to', to, '--yes')
  assert.equal(done.code, 0, done.stderr)
  assert.equal(documentOf(store), document)
  assert.ok(store.readRevision() > Number(to))
  assert.match((await run('history', '-n', '1')).stdout, /mtlb rollback --to \d+ --yes\n$/)
  const [oldest] = listTransactions(store).slice(-1)
  assert.equal((await run('rollback', '--to', String(oldest.rows[0].revision), '--yes')).code, 2)
  assert.equal(store.find(setting, { name: 'header-timeout' }), undefined)
})

test('what was erased cannot be taken back', async (t) => {
  const { run } = await setUp(t)
  assert.equal((await run('tenant', 'remove', 'acme', '--erase', '--yes')).code, 0)
  const refused = await run('undo')
  assert.equal(refused.code, 5)
  assert.match(refused.stderr, /what it tells of was erased/)
})
