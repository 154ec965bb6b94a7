import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queryStats } from '../../src/ledger/stats-query.ts'
import { countFault, statsAt } from '../../src/slab/stats.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { acme, countOutcome, openRecorder, tempFolder } from './start-recorder.ts'

const slots = { none: 0, acme: 1, api: 2, endpoint: 3, globex: 4 }

test('counts of the minute under way are there a second later', (t) => {
  const { folder, count, run, clock } = openRecorder(t)
  for (const status of [200, 200, 301, 404, 429, 503, 0]) count(slots.acme, status)
  run(1_000)
  const [row] = queryStats(folder, { by: 'tenant', sinceMs: clock.wallMs() })
  const { p50_ms, p95_ms, p99_ms, ...counts } = row
  assert.deepEqual(counts, {
    tenant: 'acme',
    name: 'acme',
    requests: 7,
    status_1xx: 0,
    status_2xx: 2,
    status_3xx: 1,
    status_4xx: 2,
    status_5xx: 1,
    rejected: 1,
    faults: 0,
    bytes_in: 70,
    bytes_out: 700,
  })
  for (const ms of [p50_ms, p95_ms, p99_ms]) assert.ok(ms >= 2 * 0.75 && ms <= 2 * 1.25)
})

test('rows add up over minutes and threads', (t) => {
  const { folder, count, run } = openRecorder(t)
  for (let counted = 1; counted <= 200; counted++) {
    count(slots.acme, 200, counted & 1)
    run(1_000)
    assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests, counted)
  }
})

test('what is counted up to the last moment of a minute belongs to it', (t) => {
  const { folder, count, run, clock } = openRecorder(t)
  run(59_975)
  count(slots.acme)
  run(25)
  assert.equal(clock.wallMs() % 60_000, 0)
  assert.deepEqual(queryStats(folder, { by: 'tenant', sinceMs: clock.wallMs() }), [])
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: clock.wallMs() - 60_000 })[0].requests, 1)
})

test('since leaves out the minutes before', (t) => {
  const { folder, count, run, clock } = openRecorder(t)
  count(slots.acme)
  run(60_000)
  count(slots.acme)
  count(slots.acme)
  run(1_000)
  const requestsSince = (sinceMs: number) => queryStats(folder, { by: 'tenant', sinceMs })[0].requests
  assert.equal(requestsSince(clock.wallMs() - 60_000), 3)
  assert.equal(requestsSince(clock.wallMs()), 2)
})

test('tenants, routes and endpoints have their own rows, a tenant only its own', (t) => {
  const { folder, slab, count, run } = openRecorder(t)
  for (const slot of [slots.acme, slots.api, slots.endpoint]) count(slot)
  count(slots.globex)
  count(slots.globex, 404)
  count(slots.none, 400)
  countFault(slab, statsAt(slab, 1, slots.endpoint))
  run(1_000)
  const rowsBy = (by: 'tenant' | 'route' | 'endpoint', tenant?: string) =>
    queryStats(folder, { by, sinceMs: 0, ...(tenant === undefined ? {} : { tenant }) }).map(
      (row) => `${row.tenant} ${row.name} ${row.requests} ${row.faults}`,
    )
  assert.deepEqual(rowsBy('tenant'), ['globex globex 2 0', 'acme acme 1 0', 'null null 1 0'])
  assert.deepEqual(rowsBy('tenant', 'acme'), ['acme acme 1 0'])
  assert.deepEqual(rowsBy('route'), ['acme api 1 0'])
  assert.deepEqual(rowsBy('endpoint', 'acme'), ['acme http://127.0.0.1:9001 1 1'])
  assert.deepEqual(rowsBy('endpoint', 'globex'), [])
  assert.deepEqual(rowsBy('route', 'initech'), [])
})

test('by status the records count, each status on its own', (t) => {
  const { folder, record, run, clock } = openRecorder(t)
  for (const status of [200, 200, 204, 404, 0]) record({ status, bytesIn: 10, bytesOut: 20, durationUs: 4_000 })
  record({ status: 429, code: 'rate_limited', isRejected: true, attempts: 0 })
  record({ status: 200, tenantId: 7 })
  run(90_000)
  record({ status: 200 })
  run(250)
  const rowsOf = (filter: { tenant?: string; sinceMs: number }) =>
    queryStats(folder, { by: 'status', ...filter }).map((row) => `${row.name} ${row.requests} ${row.rejected}`)
  assert.deepEqual(rowsOf({ sinceMs: 0 }), ['200 4 0', '204 1 0', '404 1 0', '429 1 1', 'null 1 0'])
  assert.deepEqual(rowsOf({ sinceMs: 0, tenant: 'globex' }), ['200 1 0'])
  assert.deepEqual(rowsOf({ sinceMs: clock.wallMs() }), ['200 1 0'])
  const notFound = queryStats(folder, { by: 'status', sinceMs: 0 }).find((row) => row.name === '404')
  assert.deepEqual([notFound?.status_4xx, notFound?.bytes_in, notFound?.bytes_out], [1, 10, 20])
  assert.ok(notFound !== undefined && Math.abs(notFound.p50_ms - 4) <= 1)
})

test('a recorder that takes over within a run goes on counting where the dead one stopped', (t) => {
  const folder = tempFolder(t)
  const slab = createSlab({ threads: 2 })
  const clock = fakeClock()
  for (let life = 0; life < 4; life++) {
    const { count, run } = openRecorder(t, { folder, slab, clock })
    count(slots.acme)
    run(1_000)
    count(slots.acme, 404, 1)
    // Dies here: the second is in nobody's rows yet.
    clock.advance(life === 1 ? 120_000 : 5_000)
  }
  openRecorder(t, { folder, slab, clock }).run(1_000)
  const [row] = queryStats(folder, { by: 'tenant', sinceMs: 0 })
  assert.deepEqual([row.requests, row.status_2xx, row.status_4xx, row.bytes_out], [8, 4, 4, 800])
  assert.ok(row.p99_ms > 1 && row.p99_ms < 3)
})

test('a new run of the server adds to the rows of the one before, also within a minute', (t) => {
  const folder = tempFolder(t)
  const clock = fakeClock()
  for (const runId of [1, 2, 3]) {
    const { count, stop } = openRecorder(t, { folder, clock, runId })
    count(slots.acme)
    stop()
  }
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests, 3)
})

test('counters that wrap around are counted on', (t) => {
  const slab = createSlab({ threads: 2 })
  const { folder, count, run } = openRecorder(t, { slab })
  const word = statsAt(slab, 0, slots.acme) + 2
  slab.counts[word] = 2 ** 31
  run(1_000)
  slab.counts[word] = 2 ** 32 - 1
  run(1_000)
  count(slots.acme)
  count(slots.acme)
  run(1_000)
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].status_2xx, 2 ** 32 + 1)
})

test('a slot that goes to another owner brings nothing along', (t) => {
  const { folder, slab, recorder, count, run } = openRecorder(t)
  for (let i = 0; i < 5; i++) count(slots.globex)
  run(1_000)
  slab.counts.fill(0, statsAt(slab, 0, slots.globex), statsAt(slab, 0, slots.globex) + 128)
  run(1_000)
  const tenant = { id: 8, name: 'initech', slot: slots.globex }
  recorder.learn({ kind: 'owners', tenant, routes: [], endpoints: [], keys: [] })
  count(slots.globex)
  run(1_000)
  const rows = queryStats(folder, { by: 'tenant', sinceMs: 0 })
  assert.deepEqual(
    rows.map(({ name, requests }) => `${name} ${requests}`),
    ['globex 5', 'initech 1'],
  )
})

test('an owner that moves to another slot keeps the counts of the minute under way', (t) => {
  const { folder, recorder, count, run } = openRecorder(t)
  count(slots.acme)
  run(1_000)
  recorder.learn({ ...acme, tenant: { ...acme.tenant, slot: 20 } })
  count(20)
  run(1_000)
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests, 2)
})

test('a clock that is set back does not take counts away', (t) => {
  const { folder, count, run, clock } = openRecorder(t)
  for (let minute = 0; minute < 4; minute++) {
    count(slots.acme)
    run(60_000)
  }
  clock.advance(-180_000)
  // Time in the machine goes on all the same.
  const monotonicUs = clock.monotonicUs()
  clock.monotonicUs = () => monotonicUs + 400_000_000
  count(slots.acme)
  run(50)
  clock.monotonicUs = () => monotonicUs + 500_000_000
  count(slots.acme)
  run(50)
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests, 6)
})

test('a renamed owner is shown by its new name', (t) => {
  const { folder, recorder, count, run } = openRecorder(t)
  count(slots.acme)
  count(slots.api)
  run(1_000)
  recorder.learn({ ...acme, tenant: { ...acme.tenant, name: 'acme2' } })
  run(1_000)
  assert.deepEqual(
    queryStats(folder, { by: 'route', sinceMs: 0, tenant: 'acme2' }).map(({ tenant, name }) => `${tenant}/${name}`),
    ['acme2/api'],
  )
})

test('a folder without a ledger has no rows', (t) => {
  const folder = tempFolder(t)
  for (const by of ['tenant', 'route', 'endpoint', 'status'] as const) {
    assert.deepEqual(queryStats(folder, { by, sinceMs: 0 }), [])
  }
})

test('counts reach the ledger from every owner, however many', (t) => {
  const { folder, slab, recorder, run } = openRecorder(t)
  for (let id = 100; id < 1_100; id++) {
    recorder.learn({ kind: 'owners', tenant: { id, name: `t${id}`, slot: id }, routes: [], endpoints: [], keys: [] })
    countOutcome(slab, id)
  }
  run(1_000)
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 }).length, 1_000)
})
