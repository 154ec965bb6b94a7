import assert from 'node:assert/strict'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Database from 'better-sqlite3'
import { sha256Hex } from '../../src/kit/digest.ts'
import { UserError } from '../../src/kit/user-error.ts'
import { tenant } from '../../src/model/tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import { toStorageError } from '../../src/store/storage-error.ts'
import type { Store } from '../../src/store/store.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { origin, tempFolder, tempStore } from '../support/temp-store.ts'
import { runAsUser } from './run-as-user.ts'
import { writeExample } from './example.ts'

/** Files that are not ours to touch, and what is said about them. */
const foreignFiles: readonly { name: string; message: RegExp; make(path: string): void }[] = [
  { name: 'text', message: /is not a database/, make: (path) => writeFileSync(path, 'shopping list\n'.repeat(99)) },
  { name: 'an empty file', message: /is not a database of mtlb/, make: (path) => writeFileSync(path, '') },
  {
    name: 'the database of another program',
    message: /is not a database of mtlb/,
    make: (path) => new Database(path).exec('CREATE TABLE song (title TEXT)').close(),
  },
  {
    name: 'a newer schema',
    message: /has schema version 99; this mtlb knows versions up to \d+$/,
    make(path) {
      openStore({ folder: join(path, '..'), access: 'write', clock: fakeClock() }).close()
      const database = new Database(path)
      database.pragma('user_version = 99')
      database.close()
    },
  },
  { name: 'a folder', message: /cannot be opened/, make: (path) => mkdirSync(path) },
]

for (const { name, message, make } of foreignFiles) {
  for (const access of ['read', 'write'] as const) {
    test(`${name} in place of the database is refused for ${access} and left alone`, (t) => {
      const folder = tempFolder(t)
      const path = join(folder, 'mtlb.db')
      make(path)
      const before = digest(path)
      assert.throws(() => openStore({ folder, access, clock: fakeClock() }), isStorageError(message))
      assert.equal(digest(path), before)
    })
  }
}

test('a damaged page is reported when it is read or written', (t) => {
  const { folder } = prepareFolder(t)
  const path = join(folder, 'mtlb.db')
  const bytes = readFileSync(path)
  // Everything behind the first page, which holds the header and the schema's root.
  bytes.fill(0xa5, 4_096)
  writeFileSync(path, bytes)
  for (const access of ['read', 'write'] as const) {
    assert.throws(() => useStore(openStore({ folder, access, clock: fakeClock() })), isStorageError(/is damaged/))
  }
})

test('a file that was cut is reported', (t) => {
  const { folder } = prepareFolder(t)
  truncateSync(join(folder, 'mtlb.db'), 10_000)
  assert.throws(() => useStore(openStore({ folder, access: 'read', clock: fakeClock() })), isStorageError(/is damaged/))
})

test('a folder whose name is too long is refused', (t) => {
  const folder = join(tempFolder(t), 'x'.repeat(300))
  for (const access of ['read', 'write'] as const) {
    assert.throws(() => openStore({ folder, access, clock: fakeClock() }), isStorageError(/cannot be opened/))
  }
})

test('a folder that takes no files, such as /proc, is named', () => {
  const error = Object.assign(new Error('no such file or directory'), { code: 'ENOENT' })
  assert.match(toStorageError('/proc/mtlb.db', error)?.message ?? '', /'\/proc\/mtlb\.db' cannot be opened/)
})

test('a disk too full for the shared memory of readers is a full disk', () => {
  const error = new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_SHMSIZE')
  assert.match(toStorageError('/data/mtlb.db', error)?.message ?? '', /no space left/)
})

test('a full disk stops the write and keeps what was there', (t) => {
  const { store, folder } = prepareFolder(t)
  const database = new Database(join(folder, 'mtlb.db'))
  database.pragma('max_page_count = 1')
  const insert = database.prepare('INSERT INTO tenant (name, note) VALUES (?, hex(randomblob(90)))')
  const error = catchError(() => {
    for (let index = 0; index < 5_000; index += 1) insert.run(`t${index}`)
  })
  database.close()
  assert.match(toStorageError('/data/mtlb.db', error)?.message ?? '', /no space left for '\/data\/mtlb.db'/)
  assert.equal(store.find(tenant, { name: 'acme' })?.id, 1)
})

test('another process that keeps the file locked is named as the reason', (t) => {
  const { folder } = prepareFolder(t)
  const holder = new Database(join(folder, 'mtlb.db')).exec('BEGIN IMMEDIATE')
  t.after(() => holder.close())
  const impatient = new Database(join(folder, 'mtlb.db'), { timeout: 0 })
  t.after(() => impatient.close())
  const error = catchError(() => impatient.exec('BEGIN IMMEDIATE'))
  assert.match(toStorageError('/data/mtlb.db', error)?.message ?? '', /locked by another process/)
})

test("errors of others are not taken for the storage's", () => {
  assert.equal(toStorageError('/data/mtlb.db', new TypeError('x is not a function')), undefined)
  assert.equal(toStorageError('/data/mtlb.db', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })), undefined)
})

test('a folder that may not be written is read all the same, and a write says why not', (t) => {
  const { folder } = prepareFolder(t)
  chmodSync(join(folder, 'mtlb.db'), 0o444)
  chmodSync(folder, 0o555)
  const { listed, refused } = runAsUser(folder)
  chmodSync(folder, 0o755)
  assert.deepEqual(listed, ['acme'])
  assert.match(refused, /^storage permission denied on '.*mtlb\.db'/)
})

test('a folder that cannot be made is refused', (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const open = () => openStore({ folder: join(folder, 'file', 'data'), access: 'write', clock: fakeClock() })
  assert.throws(open, isStorageError(/cannot be opened/))
})

test('a copy of the file alone holds everything once the store is closed', (t) => {
  const { store, folder } = prepareFolder(t)
  store.close()
  const other = tempFolder(t)
  copyFileSync(join(folder, 'mtlb.db'), join(other, 'mtlb.db'))
  const copy = openStore({ folder: other, access: 'read', clock: fakeClock() })
  t.after(() => copy.close())
  assert.equal(copy.find(tenant, { name: 'acme' })?.id, 1)
})

function digest(path: string): string {
  return statSync(path).isFile() ? sha256Hex(readFileSync(path, 'latin1')) : 'a folder'
}

function prepareFolder(t: TestContext) {
  const { store, folder } = tempStore(t)
  writeExample(store)
  store.close()
  return { store: openAgain(t, folder), folder }
}

function openAgain(t: TestContext, folder: string): Store {
  const store = openStore({ folder, access: 'read', clock: fakeClock() })
  t.after(() => store.close())
  return store
}

function useStore(store: Store): void {
  try {
    for (const { id } of store.list(tenant)) store.readTenant(id)
    store.write(origin, (writer) => writer.insert(tenant, { name: 'late' }))
  } finally {
    store.close()
  }
}

function isStorageError(message: RegExp) {
  return (error: unknown) =>
    error instanceof UserError && error.code === 'storage' && message.test(error.message) && error.hint !== undefined
}

function catchError(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return assert.fail('it did not fail')
}
