import assert from 'node:assert/strict'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { Random } from '../../src/kit/random.ts'
import { ledgerPath } from '../../src/ledger/ledger-file.ts'
import { queryStats } from '../../src/ledger/stats-query.ts'
import { queryUsage } from '../../src/ledger/usage-query.ts'
import type { UsedBy } from '../../src/ledger/usage-query.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { zeroStats } from '../../src/slab/stats.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { acme, globex, openRecorder, retention, tempFolder } from './start-recorder.ts'

const slots = { none: 0, acme: 1, api: 2, endpoint: 3, globex: 4, ci: 5 }
const hour = 3_600_000
const always = () => ({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER })

function usageOf(folder: string, of: 'tenant' | 'route' | 'key' = 'tenant', spanOf = always): string[] {
  const render = ({ tenant, name, usage: { requests, rejected, bytesIn, bytesOut, endpointTimeUs } }: UsedBy) =>
    `${tenant}/${name} ${requests} ${rejected} ${bytesIn} ${bytesOut} ${endpointTimeUs}`
  return queryUsage(folder, { of, spanOf }).map(render)
}

test('usage of the second before is there, of tenant, route and key each by itself', (t) => {
  const { folder, count, run } = openRecorder(t)
  for (const slot of [slots.acme, slots.api, slots.ci, slots.endpoint]) count(slot)
  count(slots.acme, 429)
  count(slots.globex, 404)
  run(1_000)
  assert.deepEqual(usageOf(folder), ['acme/acme 2 1 20 200 3000', 'globex/globex 1 0 10 100 1500'])
  assert.deepEqual(usageOf(folder, 'route'), ['acme/api 1 0 10 100 1500'])
  assert.deepEqual(usageOf(folder, 'key'), ['acme/ci 1 0 10 100 1500'])
  const [{ usage }] = queryUsage(folder, { of: 'tenant', spanOf: always })
  assert.deepEqual([...usage.reasons], [['rate_limited', 1]])
})

test('what was counted up to the last moment of an hour belongs to it', (t) => {
  const { folder, count, run, clock } = openRecorder(t)
  const startMs = Math.floor(clock.wallMs() / hour) * hour
  run(startMs + hour - clock.wallMs() - 25)
  count(slots.acme)
  run(25)
  count(slots.acme)
  count(slots.acme)
  run(1_000)
  const requestsIn = (from: number) =>
    usageOf(folder, 'tenant', () => ({ startMs: from, endMs: from + hour })).map((text) => text.split(' ')[1])
  assert.deepEqual([requestsIn(startMs), requestsIn(startMs + hour)], [['1'], ['2']])
})

test('hours are sorted into groups, and an hour counts where it begins', (t) => {
  const { folder, count, run, clock } = openRecorder(t)
  for (let at = 0; at < 5; at++) {
    count(slots.acme)
    run(hour)
  }
  const groups = queryUsage(folder, { of: 'tenant', spanOf: always, groupOf: (ms) => new Date(ms).toISOString() })
  assert.deepEqual(
    groups.map(({ group, usage }) => `${group.slice(14)} ${usage.requests}`),
    Array.from({ length: 5 }, () => '00:00.000Z 1'),
  )
  const half = clock.wallMs() - 2.5 * hour
  assert.deepEqual(
    usageOf(folder, 'tenant', () => ({ startMs: half - (half % hour) + 1, endMs: clock.wallMs() })).length,
    1,
  )
})

test('usage can be added to, and neither changed nor taken away', (t) => {
  const { folder, count, run } = openRecorder(t)
  count(slots.acme)
  run(hour)
  const database = new Database(ledgerPath(folder))
  t.after(() => database.close())
  assert.equal(database.prepare('SELECT count(*) FROM usage').pluck().get(), 1)
  for (const sql of ['UPDATE usage SET requests = 0', 'DELETE FROM usage']) {
    assert.throws(() => database.exec(sql), /usage is only ever added to/)
  }
})

test('a recorder that takes over after statistics were forgotten counts nothing again', (t) => {
  const folder = tempFolder(t)
  const slab = createSlab({ threads: 1 })
  const clock = fakeClock()
  const first = openRecorder(t, { folder, slab, clock })
  first.count(slots.acme)
  first.count(slots.acme, 429)
  first.run(hour)
  first.recorder.setRetention({ ...retention, retentionDays: 1 })
  for (let day = 0; day < 4; day++) first.run(24 * hour)
  assert.deepEqual(queryStats(folder, { by: 'tenant', sinceMs: 0 }), [])
  const second = openRecorder(t, { folder, slab, clock })
  second.count(slots.acme)
  second.run(1_000)
  assert.deepEqual(usageOf(folder), ['acme/acme 3 1 30 300 4500'])
  assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests, 1)
})

test('accounts of a server that was killed are closed by the next one, within the hour and after it', (t) => {
  for (const pauseMs of [1_000, 5 * hour]) {
    const folder = tempFolder(t)
    const clock = fakeClock()
    for (const runId of [1, 2, 3]) {
      const { count, run } = openRecorder(t, { folder, clock, runId })
      count(slots.acme)
      count(slots.acme, 429)
      run(1_000)
      clock.advance(pauseMs)
    }
    assert.deepEqual(usageOf(folder), ['acme/acme 6 3 60 600 9000'])
    assert.equal(queryStats(folder, { by: 'tenant', sinceMs: 0 })[0].requests, 6)
  }
})

test('an owner that is gone keeps its usage when its slot goes to another', (t) => {
  const { folder, slab, recorder, count, run } = openRecorder(t)
  for (let at = 0; at < 5; at++) count(slots.globex, 429)
  run(1_000)
  zeroStats(slab, slots.globex)
  const tenant = { id: 8, name: 'initech', slot: slots.globex }
  recorder.learn({ kind: 'owners', tenant, routes: [], endpoints: [], keys: [] })
  count(slots.globex, 429)
  run(1_000)
  assert.deepEqual(usageOf(folder), ['globex/globex 5 5 50 500 7500', 'initech/initech 1 1 10 100 1500'])
  // And begins anew when it comes back.
  recorder.learn({ ...globex, tenant: { ...globex.tenant, slot: 30 } })
  count(30)
  run(hour)
  assert.deepEqual(usageOf(folder), ['globex/globex 6 5 60 600 9000', 'initech/initech 1 1 10 100 1500'])
})

test('a ledger of format 1 is upgraded with all its statistics', (t) => {
  const folder = tempFolder(t)
  writeFormat1(folder)
  assert.throws(() => queryStats(folder, { by: 'tenant', sinceMs: 0 }), /older mtlb/)
  const { count, run } = openRecorder(t, { folder })
  count(slots.acme)
  run(1_000)
  const [row] = queryStats(folder, { by: 'tenant', sinceMs: 0 })
  assert.deepEqual([row.name, row.requests], ['acme', 8])
  assert.deepEqual(usageOf(folder), ['acme/acme 1 0 10 100 1500'])
})

for (const seed of [1, 2, 3]) {
  test(`usage, statistics and counters agree whenever recorders die and clocks are set, seed ${seed}`, (t) => {
    const random = new Random(seed)
    const folder = tempFolder(t)
    const clock = fakeClock()
    const expected = { requests: 0, rejected: 0 }
    for (let server = 1; server <= 4; server++) {
      const slab = createSlab({ threads: 2 })
      for (let life = 1; life <= 5; life++) {
        const opened = openRecorder(t, { folder, slab, clock, runId: server })
        for (let step = 0; step < 20; step++) takeStep(opened, random, expected)
        if (life === 5) opened.stop()
      }
    }
    for (const kind of ['tenant', 'route', 'key'] as const) assertSums(folder, kind, expected)
  })
}

/** Some requests, some time, and now and then another time of day. */
function takeStep(
  { count, run, clock }: ReturnType<typeof openRecorder>,
  random: Random,
  expected: { requests: number; rejected: number },
): void {
  const status = random.below(4) === 0 ? 429 : 200
  for (let times = random.below(9); times > 0; times--) {
    for (const slot of [slots.acme, slots.api, slots.ci]) count(slot, status, times & 1)
    expected.requests += 1
    expected.rejected += status === 429 ? 1 : 0
  }
  run([25, 1_000, 61_000, hour][random.below(4)])
  if (random.below(10) === 0) setBack(clock, random.below(3) * 45 * 60_000)
}

function assertSums(
  folder: string,
  kind: 'tenant' | 'route' | 'key',
  { requests, rejected }: { requests: number; rejected: number },
): void {
  const [{ usage }] = queryUsage(folder, { of: kind, spanOf: always })
  const [stats] = queryStats(folder, { by: kind, sinceMs: 0 })
  assert.deepEqual(
    [usage.requests, usage.rejected, usage.bytesIn, usage.endpointTimeUs, usage.reasons.get('rate_limited')],
    [requests, rejected, requests * 10, requests * 1_500, rejected],
    kind,
  )
  assert.deepEqual([stats.requests, stats.rejected, stats.bytes_out], [requests, rejected, requests * 100])
}

/** The machine's time goes on all the same. */
function setBack(clock: ReturnType<typeof fakeClock>, ms: number): void {
  clock.advance(-ms)
  const monotonicUs = clock.monotonicUs.bind(clock)
  clock.monotonicUs = () => monotonicUs() + ms * 1_000
}

function writeFormat1(folder: string): void {
  const minute = Math.floor(fakeClock().wallMs() / 60_000)
  const database = new Database(ledgerPath(folder))
  database.exec(`
    CREATE TABLE run (id INTEGER PRIMARY KEY, first_minute INTEGER NOT NULL) STRICT;
    CREATE TABLE owner (kind INTEGER NOT NULL, id INTEGER NOT NULL, tenant_id INTEGER NOT NULL, tenant_name TEXT NOT NULL,
      name TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
    CREATE INDEX owner_by_tenant ON owner (tenant_id, kind);
    CREATE TABLE rollup (minute INTEGER NOT NULL, kind INTEGER NOT NULL, owner_id INTEGER NOT NULL, run INTEGER NOT NULL,
      no_status INTEGER NOT NULL, status_1xx INTEGER NOT NULL, status_2xx INTEGER NOT NULL, status_3xx INTEGER NOT NULL,
      status_4xx INTEGER NOT NULL, status_5xx INTEGER NOT NULL, rejected INTEGER NOT NULL, faults INTEGER NOT NULL,
      bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL, latency TEXT NOT NULL,
      PRIMARY KEY (minute, kind, owner_id, run)) STRICT, WITHOUT ROWID;
    INSERT INTO run VALUES (7, ${minute});
    INSERT INTO owner VALUES (1, ${acme.tenant.id}, ${acme.tenant.id}, 'acme', 'acme');
    INSERT INTO rollup VALUES (${minute}, 1, ${acme.tenant.id}, 7, 0, 0, 7, 0, 0, 0, 0, 0, 70, 700, '[3,7]');
  `)
  database.pragma(`application_id = 1836346468`)
  database.pragma('user_version = 1')
  database.close()
}
