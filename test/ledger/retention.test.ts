import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { queryLog } from '../../src/ledger/log-query.ts'
import { removeOldLogs } from '../../src/ledger/retention.ts'
import { queryStats } from '../../src/ledger/stats-query.ts'
import { openRecorder, tempFolder } from './start-recorder.ts'

const wallMs = Date.UTC(2026, 10, 20, 12)
const days = ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20']

/** The first looks like a day and is none. */
const notOurs = ['2026-99-99.db', 'notes.txt']

/** Day files of 1,000 bytes each, with those that SQLite has beside them. */
function writeDays(t: TestContext): string {
  const folder = tempFolder(t)
  mkdirSync(join(folder, 'logs'))
  for (const day of days) {
    writeFileSync(join(folder, 'logs', `${day}.db`), Buffer.alloc(900))
    writeFileSync(join(folder, 'logs', `${day}.db-wal`), Buffer.alloc(100))
    writeFileSync(join(folder, 'logs', `${day}.db-shm`), Buffer.alloc(32_768))
  }
  for (const name of notOurs) writeFileSync(join(folder, 'logs', name), 'not ours')
  return folder
}

const cases = [
  { name: 'nothing is too old or too large', retentionDays: 30, retentionBytes: 4_000, expect: days },
  { name: 'three days', retentionDays: 3, retentionBytes: 4_000, expect: days.slice(1) },
  { name: 'one day is today', retentionDays: 1, retentionBytes: 4_000, expect: days.slice(3) },
  { name: 'a byte too many takes the oldest day', retentionDays: 30, retentionBytes: 3_999, expect: days.slice(1) },
  { name: 'bytes for two days', retentionDays: 30, retentionBytes: 2_500, expect: days.slice(2) },
  { name: 'today stays however large it is', retentionDays: 0, retentionBytes: 10, expect: days.slice(3) },
]

for (const { name, expect, ...retention } of cases) {
  test(`retention: ${name}`, (t) => {
    const folder = writeDays(t)
    const closed: string[] = []
    removeOldLogs(folder, retention, { wallMs, letGo: (day) => void closed.push(day) })
    assert.deepEqual(
      closed,
      days.filter((day) => !expect.includes(day)),
    )
    const files = expect.flatMap((day) => ['', '-shm', '-wal'].map((part) => `${day}.db${part}`))
    assert.deepEqual(readdirSync(join(folder, 'logs')), [...files, ...notOurs])
  })
}

test('the recorder removes old days and old rows of statistics by itself', (t) => {
  const { folder, recorder, record, count, run } = openRecorder(t)
  recorder.setRetention({ retentionDays: 3, retentionBytes: 10e9 })
  for (let day = 0; day < 6; day++) {
    record({ requestId: `day${day}` })
    count(1)
    run(86_400_000)
  }
  assert.deepEqual(
    [...queryLog(folder, {})].map((line) => line.request_id),
    ['day4', 'day5'],
  )
  assert.ok(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests < 6)
})

test('a day that grows beyond all bytes loses its oldest records, not its newest', (t) => {
  const { folder, recorder, record, run } = openRecorder(t)
  recorder.setRetention({ retentionDays: 30, retentionBytes: 2 ** 20 })
  let next = 0
  for (let round = 0; round < 40; round++) {
    for (let i = 0; i < 500; i++) {
      record({ requestId: String(next++), path: `/${randomBytes(100).toString('hex')}` })
    }
    run(10_000)
  }
  const ids = [...queryLog(folder, {})].map((line) => Number(line.request_id))
  assert.ok(ids.length < next && ids.length > 500)
  assert.deepEqual(
    ids,
    Array.from({ length: ids.length }, (_, i) => next - ids.length + i),
  )
  assert.ok(statSync(join(folder, 'logs', '2026-11-20.db')).size < 3 * 2 ** 20)
})
