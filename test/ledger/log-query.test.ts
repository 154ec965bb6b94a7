import assert from 'node:assert/strict'
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { UserError } from '../../src/kit/user-error.ts'
import { logFilePath } from '../../src/ledger/day.ts'
import { type LogFilter, queryLog } from '../../src/ledger/log-query.ts'
import { openRecorder, tempFolder } from './start-recorder.ts'

const start = Date.UTC(2026, 10, 20, 12)

const records = [
  { requestId: 'a', path: '/v1/orders', method: 'POST', status: 201 },
  { requestId: 'b', path: '/v1/orders?page=2', status: 200 },
  { requestId: 'c', path: '/health', status: 200, tenantId: 7 },
  { requestId: 'd', path: '/v1/items', status: 429, code: 'rate_limited', attempts: 0 },
  { requestId: 'e', path: '/v1/items', status: 502, code: 'endpoint_connect' },
  { requestId: 'f', path: '/old/v1/orders', status: 503, code: 'no_endpoint', attempts: 0, tenantId: 7 },
  { requestId: 'g', path: '', method: '', status: 400, code: 'malformed', tenantId: 0, attempts: 0 },
  { requestId: 'h', path: '/v1/slow', status: 0, code: 'client_gone' },
]

const cases: { name: string; filter: LogFilter; expect: string }[] = [
  { name: 'no filter gives all by time', filter: {}, expect: 'abcdefgh' },
  { name: 'a limit gives the newest', filter: { limit: 3 }, expect: 'fgh' },
  { name: 'a limit of none gives none', filter: { limit: 0 }, expect: '' },
  { name: 'a large limit gives all', filter: { limit: 100 }, expect: 'abcdefgh' },
  { name: 'a tenant', filter: { tenant: 'globex' }, expect: 'cf' },
  { name: 'a tenant and a limit', filter: { tenant: 'acme', limit: 2 }, expect: 'eh' },
  { name: 'a tenant that nobody has heard of', filter: { tenant: 'initech' }, expect: '' },
  { name: 'one status', filter: { status: '429' }, expect: 'd' },
  { name: 'a class', filter: { status: '5xx' }, expect: 'ef' },
  { name: 'several of both', filter: { status: '4xx, 503' }, expect: 'dfg' },
  { name: 'no status', filter: { status: '0' }, expect: 'h' },
  { name: 'a class and a limit', filter: { status: '2xx', limit: 1 }, expect: 'c' },
  { name: 'a method, however it is written', filter: { method: 'post' }, expect: 'a' },
  { name: 'the beginning of a path', filter: { path: '/v1/orders' }, expect: 'ab' },
  { name: 'a part of a path', filter: { path: 'orders' }, expect: 'abf' },
  { name: 'a code', filter: { code: 'rate_limited' }, expect: 'd' },
  { name: 'a part of a code is no code', filter: { code: 'rate' }, expect: '' },
  { name: 'a request id', filter: { requestId: 'e' }, expect: 'e' },
  { name: 'since, inclusive', filter: { sinceMs: start + 5_000 }, expect: 'fgh' },
  { name: 'until, exclusive', filter: { untilMs: start + 2_000 }, expect: 'ab' },
  { name: 'a span', filter: { sinceMs: start + 2_000, untilMs: start + 4_000 }, expect: 'cd' },
  { name: 'everything at once', filter: { tenant: 'acme', status: '5xx', path: '/v1', limit: 5 }, expect: 'e' },
]

for (const isMerged of [false, true]) {
  test(`the log answers from ${isMerged ? 'merged' : 'fresh'} chunks`, async (t) => {
    const { folder, record, run, clock } = openRecorder(t)
    for (const differences of records) {
      record(differences)
      clock.advance(750)
      run(250)
    }
    if (isMerged) run(120_000)
    for (const { name, filter, expect } of cases) {
      await t.test(name, () => {
        assert.equal([...queryLog(folder, filter)].map((line) => line.request_id).join(''), expect)
      })
    }
  })
}

test('lines of one chunk are ordered by time, whichever thread they came from', (t) => {
  const { folder, record, run, clock } = openRecorder(t)
  const now = clock.wallMs()
  for (const offset of [5, 1, 3]) record({ requestId: `x${offset}`, timeMs: now - offset }, offset % 2)
  for (const offset of [4, 2]) record({ requestId: `x${offset}`, timeMs: now - offset }, 1)
  run(250)
  const ids = [...queryLog(folder, {})].map((line) => line.request_id)
  assert.deepEqual(ids, ['x5', 'x4', 'x3', 'x2', 'x1'])
  assert.deepEqual(
    [...queryLog(folder, { limit: 2 })].map((line) => line.request_id),
    ['x2', 'x1'],
  )
})

test('a reader in the middle is not disturbed by compaction', (t) => {
  const { folder, record, run } = openRecorder(t)
  const count = 2_000
  for (let i = 0; i < count; i++) {
    record({ requestId: String(i), tenantId: i % 2 === 0 ? 3 : 7 })
    if (i % 5 === 4) run(250)
  }
  const seen: number[] = []
  for (const { request_id } of queryLog(folder, {})) {
    seen.push(Number(request_id))
    if (seen.length === 700) run(60_000)
  }
  assert.deepEqual(
    seen.toSorted((a, b) => a - b),
    Array.from({ length: count }, (_, i) => i),
  )
})

test('the log spans days, and a day that is removed meanwhile is left out', (t) => {
  const { folder, record, run } = openRecorder(t)
  for (let day = 0; day < 3; day++) {
    record({ requestId: `day${day}` })
    run(86_400_000)
  }
  const idsOf = (filter: LogFilter) => [...queryLog(folder, filter)].map((line) => line.request_id)
  assert.deepEqual(idsOf({}), ['day0', 'day1', 'day2'])
  assert.deepEqual(idsOf({ limit: 2 }), ['day1', 'day2'])
  assert.deepEqual(idsOf({ sinceMs: start + 86_400_000, untilMs: start + 2 * 86_400_000 }), ['day1'])
  rmSync(logFilePath(folder, '2026-11-21'))
  assert.deepEqual(idsOf({}), ['day0', 'day2'])
})

test('a folder without any log has no lines', (t) => {
  assert.deepEqual([...queryLog(tempFolder(t), {})], [])
})

test('a status that is none is a mistake of usage', (t) => {
  const folder = tempFolder(t)
  for (const status of ['6xx', 'ok', '20', '200,', '']) {
    assert.throws(() => queryLog(folder, { status }), isUserError('usage'))
  }
})

test('a damaged file is a matter of storage', async (t) => {
  const { folder, record, run, stop } = openRecorder(t)
  for (let i = 0; i < 2_000; i++) record({ path: `/${i}` })
  run(250)
  stop()
  const path = logFilePath(folder, '2026-11-20')
  await t.test('when its end is missing', () => {
    truncateSync(path, 12_288)
    assert.throws(() => [...queryLog(folder, {})], isUserError('storage'))
  })
  await t.test('when it is no database', () => {
    writeFileSync(path, 'what is this? '.repeat(1_000))
    assert.throws(() => [...queryLog(folder, { limit: 5 })], isUserError('storage'))
  })
})

test('a folder that cannot be listed is a matter of storage, not an empty one', (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'file'), '')
  assert.throws(() => [...queryLog(join(folder, 'file'), {})], isUserError('storage'))
})

function isUserError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof UserError && error.code === code
}
