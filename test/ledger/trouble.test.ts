import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readlinkSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { logFilePath } from '../../src/ledger/day.ts'
import type { FileKind } from '../../src/ledger/ledger-database.ts'
import { ledgerKind, ledgerPath } from '../../src/ledger/ledger-file.ts'
import { logFileKind } from '../../src/ledger/log-file.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { queryStats } from '../../src/ledger/stats-query.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { countMissingRecords } from '../../src/slab/thread-cells.ts'
import { openRecorder, tempFolder } from './start-recorder.ts'

const today = '2026-11-20'

test('while the log cannot be opened the rings hold the records, it is said once, and then all is written', (t) => {
  const folder = tempFolder(t)
  mkdirSync(logFilePath(folder, today), { recursive: true })
  const { slab, record, run, logged } = openRecorder(t, { folder })
  for (let i = 0; i < 100; i++) {
    record({ requestId: String(i) })
    run(250)
  }
  assert.equal(logged.length, 1)
  assert.match(logged[0], /2026-11-20\.db/)
  rmdirSync(logFilePath(folder, today))
  run(1_000)
  assert.equal([...queryLog(folder, {})].length, 100)
  assert.equal(countMissingRecords(slab), 0)
  assert.match(logged[1], /works again/)
})

test('what the rings cannot hold meanwhile is counted', (t) => {
  const folder = tempFolder(t)
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  mkdirSync(logFilePath(folder, today), { recursive: true })
  const { record, run, stop } = openRecorder(t, { folder, slab })
  let kept = 0
  for (let i = 0; i < 1_000; i++) if (record()) kept++
  run(5_000)
  assert.ok(kept > 0 && kept < 1_000)
  assert.equal(countMissingRecords(slab), 1_000 - kept)
  stop()
  assert.equal(countMissingRecords(slab), 1_000, 'what is left when the server stops is lost, and counted too')
})

test('records that the disk refused before midnight are written after it', (t) => {
  const folder = tempFolder(t)
  const days = [today, '2026-11-21'].map((day) => logFilePath(folder, day))
  for (const path of days) mkdirSync(path, { recursive: true })
  const { slab, clock, record, run } = openRecorder(t, { folder })
  clock.advance(Date.UTC(2026, 10, 21) - clock.wallMs() - 1_000)
  for (let i = 0; i < 8; i++) {
    record({ requestId: String(i) })
    run(500)
  }
  for (const path of days) rmdirSync(path)
  run(2_000)
  assert.deepEqual(
    [...queryLog(folder, {})].map((line) => Number(line.request_id)),
    Array.from({ length: 8 }, (_, i) => i),
  )
  assert.equal(countMissingRecords(slab), 0)
})

test('a damaged file of today is put aside and the log goes on in a new one', (t) => {
  const folder = tempFolder(t)
  mkdirSync(join(folder, 'logs'))
  writeFileSync(logFilePath(folder, today), 'no database at all '.repeat(1_000))
  const { record, run } = openRecorder(t, { folder })
  record()
  run(2_000)
  assert.equal([...queryLog(folder, {})].length, 1)
  assert.ok(readdirSync(join(folder, 'logs')).includes(`${today}.db.damaged`))
})

test('a file of another day that cannot be written loses its own records only, and they are counted', (t) => {
  const folder = tempFolder(t)
  mkdirSync(logFilePath(folder, '2026-11-18'), { recursive: true })
  const { slab, clock, record, run } = openRecorder(t, { folder })
  record({ requestId: 'old', timeMs: clock.wallMs() - 2 * 86_400_000 })
  record({ requestId: 'new' }, 1)
  run(250)
  const lines = [...queryLog(folder, { sinceMs: clock.wallMs() - 86_400_000 })]
  assert.deepEqual(
    lines.map((line) => line.request_id),
    ['new'],
  )
  assert.equal(countMissingRecords(slab), 1)
})

test('a day file that somebody removed comes back', (t) => {
  const { folder, record, run } = openRecorder(t)
  record({ requestId: 'gone' })
  run(250)
  for (const part of ['', '-wal', '-shm']) rmSync(logFilePath(folder, today) + part)
  run(11_000)
  record({ requestId: 'here' })
  run(250)
  assert.deepEqual(
    [...queryLog(folder, {})].map((line) => line.request_id),
    ['here'],
  )
})

test('a ledger that cannot be opened does not stop the log, and gets all counts when it can', (t) => {
  const folder = tempFolder(t)
  mkdirSync(ledgerPath(folder))
  const { record, count, run, logged } = openRecorder(t, { folder })
  record()
  count(1)
  run(90_000)
  assert.equal([...queryLog(folder, {})].length, 1)
  assert.equal(logged.length, 1)
  rmdirSync(ledgerPath(folder))
  run(2_000)
  const [row] = queryStats(folder, { by: 'tenant', sinceMs: 0 })
  assert.deepEqual([row.name, row.requests], ['acme', 1])
})

test('a foreign database at the place of the ledger is left as it is', (t) => {
  const folder = tempFolder(t)
  const foreign = new Database(ledgerPath(folder))
  foreign.exec('CREATE TABLE ours (a)')
  foreign.close()
  const { run, logged } = openRecorder(t, { folder })
  run(5_000)
  assert.equal(logged.length, 1)
  assert.match(logged[0], /is not a file of mtlb/)
  assert.throws(() => queryStats(folder, { by: 'tenant', sinceMs: 0 }), /is not a file of mtlb/)
})

test('a file that cannot be used is not held open between two tries', (t) => {
  const folder = tempFolder(t)
  mkdirSync(join(folder, 'logs'))
  writeTablelessFile(logFilePath(folder, today), logFileKind)
  writeTablelessFile(ledgerPath(folder), ledgerKind)
  const { record, run } = openRecorder(t, { folder })
  record()
  run(5_000)
  assert.deepEqual(
    readdirSync('/proc/self/fd')
      .map((fd) => readLink(`/proc/self/fd/${fd}`))
      .filter((path) => path.startsWith(folder)),
    [],
  )
})

function writeTablelessFile(path: string, { applicationId, version }: FileKind): void {
  const database = new Database(path)
  database.exec('CREATE TABLE other (a)')
  database.pragma(`application_id = ${applicationId}`)
  database.pragma(`user_version = ${version}`)
  database.close()
}

/** Empty for the descriptor that listed the folder and is closed by now. */
function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
