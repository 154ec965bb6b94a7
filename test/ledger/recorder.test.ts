import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { logFilePath } from '../../src/ledger/day.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { queryStats } from '../../src/ledger/stats-query.ts'
import { createRequestId } from '../../src/kit/uuid7.ts'
import { writeRecord } from '../../src/slab/record.ts'
import { RingWriter } from '../../src/slab/ring.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { countMissingRecords } from '../../src/slab/thread-cells.ts'
import { exampleRecord } from '../slab/example-record.ts'
import { eventually } from '../support/eventually.ts'
import { countOutcome, openRecorder, startRecorderThread, tempFolder } from './start-recorder.ts'

test('a record is in the log a quarter of a second later, under the names of its ids', (t) => {
  const { folder, record, run, clock } = openRecorder(t)
  record({ requestId: 'r1', waitingUs: 250, durationUs: 1_500 })
  const time = new Date(clock.wallMs()).toISOString()
  run(250)
  assert.deepEqual(
    [...queryLog(folder, {})],
    [
      {
        time,
        request_id: 'r1',
        tenant: 'acme',
        route: 'api',
        key: 'ci',
        client: '192.0.2.7',
        method: 'GET',
        host: 'api.acme.test',
        path: '/v1/things?page=2',
        status: 200,
        code: null,
        endpoint: 'http://127.0.0.1:9001',
        attempts: 1,
        bytes_in: 120,
        bytes_out: 5_000_000_000,
        duration_ms: 1.5,
        waiting_ms: 0.25,
        endpoint_ms: 1.4,
        user_agent: 'curl/8.5.0',
        failed_attempts: [],
        shadowed_by: [],
        rule: null,
        trace: [],
      },
    ],
  )
})

test('a record of no tenant has no names', (t) => {
  const { folder, record, run } = openRecorder(t)
  record({ tenantId: 0, routeId: 0, keyId: 0, endpointId: 0, endpointUs: -1, status: 404, code: 'no_route' })
  run(250)
  const [line] = queryLog(folder, {})
  const { tenant, route, key, endpoint, endpoint_ms, code } = line
  assert.deepEqual(
    { tenant, route, key, endpoint, endpoint_ms, code },
    { tenant: null, route: null, key: null, endpoint: null, endpoint_ms: null, code: 'no_route' },
  )
})

test('every record of two threads at full speed is either in the log or counted as missing', async (t) => {
  const folder = tempFolder(t)
  const slab = createSlab({ threads: 2, ringBytes: 2 ** 20 })
  const { stop } = await startRecorderThread(t, { folder, slab })
  const rings = [new RingWriter(slab, 0), new RingWriter(slab, 1)]
  const started = Date.now()
  const count = 60_000
  for (let i = 0; i < count; i++) {
    writeRecord(rings[i & 1], exampleRecord({ timeMs: started + (i >> 7), requestId: String(i), tenantId: i % 3 }))
    if (i % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await stop()
  const ids = [...queryLog(folder, {})].map((line) => line.request_id)
  assert.equal(new Set(ids).size, ids.length)
  assert.equal(ids.length + countMissingRecords(slab), count)
  assert.ok(ids.length > count / 10)
})

test('the log knows a record while the server runs, and the ledger the minute under way', async (t) => {
  const folder = tempFolder(t)
  const slab = createSlab({ threads: 1 })
  await startRecorderThread(t, { folder, slab })
  writeRecord(new RingWriter(slab, 0), exampleRecord({ timeMs: Date.now() }))
  countOutcome(slab, 1)
  await eventually(() => [...queryLog(folder, { tenant: 'acme' })].length === 1)
  await eventually(() => queryStats(folder, { by: 'tenant', sinceMs: 0 })[0]?.requests === 1)
})

test('a recorder that takes over writes what the dead one left, once', async (t) => {
  const folder = tempFolder(t)
  const slab = createSlab({ threads: 1 })
  const ring = new RingWriter(slab, 0)
  let written = 0
  const write = (count: number) => {
    for (const end = written + count; written < end; written++) {
      assert.ok(writeRecord(ring, exampleRecord({ timeMs: Date.now(), requestId: String(written) })))
      countOutcome(slab, 1)
    }
  }
  for (let life = 0; life < 3; life++) {
    const { worker } = await startRecorderThread(t, { folder, slab })
    write(500)
    await eventually(() => [...queryLog(folder, {})].length >= written - 400)
    write(500)
    await worker.terminate()
  }
  const { stop } = await startRecorderThread(t, { folder, slab })
  await stop()
  const ids = [...queryLog(folder, {})].map((line) => Number(line.request_id))
  assert.deepEqual(
    ids.toSorted((a, b) => a - b),
    Array.from({ length: written }, (_, i) => i),
  )
  const [row] = queryStats(folder, { by: 'tenant', sinceMs: 0 })
  assert.deepEqual([row.name, row.requests, row.bytes_out], ['acme', written, written * 100])
})

test('names are those of the time of writing, also after a rename and a merge', (t) => {
  const { folder, recorder, record, run } = openRecorder(t)
  const rename = (tenant: string) =>
    recorder.learn({
      kind: 'owners',
      tenant: { id: 3, name: tenant, slot: 1 },
      routes: [{ id: 4, name: `${tenant}-api`, slot: 2 }],
      endpoints: [],
      keys: [],
    })
  for (const tenant of ['first', 'second']) {
    rename(tenant)
    for (let i = 0; i < 3; i++) {
      record()
      run(250)
    }
  }
  const namesOf = () => [...queryLog(folder, {})].map(({ tenant, route }) => `${tenant}/${route}`)
  const expected = ['first/first-api', 'second/second-api'].flatMap((name) => [name, name, name])
  assert.deepEqual(namesOf(), expected)
  run(120_000)
  assert.deepEqual(namesOf(), expected)
  assert.equal(countChunks(folder, '2026-11-20'), 2)
})

test('a record goes to the file of the day it began in', (t) => {
  const { folder, record, run, clock } = openRecorder(t)
  const midnight = Date.UTC(2026, 10, 21)
  run(midnight - clock.wallMs() - 100)
  record({ requestId: 'before' })
  const began = clock.wallMs()
  clock.advance(5_000)
  record({ requestId: 'after' })
  record({ requestId: 'long', timeMs: began + 1 })
  run(250)
  assert.deepEqual(
    [...queryLog(folder, {})].map((line) => line.request_id),
    ['before', 'long', 'after'],
  )
  assert.deepEqual(dayFiles(folder), ['2026-11-20.db', '2026-11-21.db'])
  assert.equal(countChunks(folder, '2026-11-20'), 1)
})

test('a record of an impossible time harms no other', (t) => {
  const { folder, record, run } = openRecorder(t)
  for (const timeMs of [-1, Number.MAX_SAFE_INTEGER, Number.NaN, Infinity]) {
    record({ timeMs })
    record()
    run(1_000)
  }
  run(60_000)
  assert.equal([...queryLog(folder, { sinceMs: Date.UTC(2026, 0) })].length, 4)
})

test('many small chunks become few large ones, and no record is repeated or lost', (t) => {
  const { folder, record, run } = openRecorder(t)
  const count = 5_000
  for (let i = 0; i < count; i++) {
    record({ requestId: String(i), tenantId: i % 10 === 0 ? 7 : 3 }, i & 1)
    if (i % 25 === 24) run(250)
  }
  run(240_000)
  const ids = [...queryLog(folder, {})].map((line) => Number(line.request_id))
  assert.deepEqual(
    ids.toSorted((a, b) => a - b),
    Array.from({ length: count }, (_, i) => i),
  )
  assert.ok(countChunks(folder, '2026-11-20') < 20, `${countChunks(folder, '2026-11-20')} chunks`)
})

test('a request id leads to its record', (t) => {
  const { folder, record, run, clock } = openRecorder(t)
  const ids = Array.from({ length: 50 }, () => {
    const requestId = createRequestId(clock.wallMs())
    record({ requestId })
    run(1_000)
    return requestId
  })
  record({ requestId: ids[0], path: '/reused' })
  record({ requestId: 'of-our-own-making' })
  run(60_000)
  const pathsOf = (requestId: string) => [...queryLog(folder, { requestId })].map((line) => line.path)
  assert.deepEqual(pathsOf(ids[20]), ['/v1/things?page=2'])
  assert.deepEqual(pathsOf('of-our-own-making'), ['/v1/things?page=2'])
  assert.deepEqual(pathsOf(createRequestId(clock.wallMs())), [])
})

test('stop writes everything that is left in the rings', (t) => {
  const { folder, record, count, stop } = openRecorder(t)
  for (let i = 0; i < 3_000; i++) record({ requestId: String(i) }, i & 1)
  count(1)
  stop()
  assert.equal([...queryLog(folder, {})].length, 3_000)
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests, 1)
  assert.deepEqual(dayFiles(folder), ['2026-11-20.db'])
})

function countChunks(folder: string, day: string): number {
  const database = new Database(logFilePath(folder, day), { readonly: true })
  try {
    return Number(database.prepare('SELECT count(*) FROM chunk').pluck().get())
  } finally {
    database.close()
  }
}

function dayFiles(folder: string): string[] {
  return readdirSync(join(folder, 'logs')).filter((name) => /\.db(-wal)?$/.test(name) && !name.endsWith('-wal'))
}
