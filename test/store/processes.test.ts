import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { tenant } from '../../src/model/tenant.ts'
import { openStore } from '../../src/store/open-store.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { tempFolder } from '../support/temp-store.ts'

test('writers in several processes lose nothing, also when the file is not there yet', async (t) => {
  const folder = tempFolder(t)
  const names = ['a', 'b', 'c']
  const writers = names.map((name) => startWriter(folder, name, 25))
  const codes = await Promise.all(writers.map((writer) => once(writer, 'exit').then(([code]) => code)))
  assert.deepEqual(codes, [0, 0, 0])
  const store = openStore({ folder, access: 'read', clock: fakeClock() })
  t.after(() => store.close())
  const written = names.flatMap((name) => Array.from({ length: 25 }, (_, index) => `${name}-${index}`))
  assert.deepEqual(
    store
      .list(tenant)
      .map((row) => row.name)
      .toSorted(),
    written.toSorted(),
  )
  assert.equal(store.listAudit({ count: 1_000 }).length, written.length)
  assert.equal(new Set(store.list(tenant).map(({ revision }) => revision)).size, written.length)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.new')),
    [],
  )
})

test('a writer that is killed keeps everything it had committed, whole', async (t) => {
  const folder = tempFolder(t)
  const writer = startWriter(folder, 'a', 100_000)
  const output = text(writer.stdout ?? assert.fail())
  writer.stdout?.once('data', () => setImmediate(() => writer.kill('SIGKILL')))
  await once(writer, 'exit')
  const reported = (await output).split('\n').slice(0, -1)
  assert.ok(reported.length > 0)

  // Reading alone must be able to recover what the killed process left.
  const store = openStore({ folder, access: 'read', clock: fakeClock() })
  t.after(() => store.close())
  const names = store.list(tenant).map(({ name }) => name)
  assert.deepEqual(names.slice(0, reported.length), reported)
  assert.deepEqual(
    store
      .listAudit({ count: 100_000 })
      .map(({ name }) => name)
      .toReversed(),
    names,
  )
  const database = new Database(join(folder, 'mtlb.db'), { readonly: true })
  t.after(() => database.close())
  assert.equal(database.pragma('integrity_check', { simple: true }), 'ok')
})

function startWriter(folder: string, name: string, count: number): ChildProcess {
  const script = join(import.meta.dirname, 'counting-writer.ts')
  return spawn(process.execPath, [script, folder, name, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
}
