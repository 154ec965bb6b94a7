import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Random } from '../../src/kit/random.ts'
import { queryLog } from '../../src/ledger/log-query.ts'
import { queryUsage } from '../../src/ledger/usage-query.ts'
import type { Slab } from '../../src/slab/slab.ts'
import { countExchange, countReason, readReasons, readStats, statsAt } from '../../src/slab/stats.ts'
import { codes, openRecorder } from '../ledger/start-recorder.ts'

const tenants = 20
const hour = 3_600_000

/** Slots and ids of a tenant with two routes and two keys; ids are the slots. */
interface Owners {
  readonly tenant: number
  readonly routes: readonly number[]
  readonly keys: readonly number[]
}

type Totals = Record<
  'requests' | 'rejected' | 'bytesIn' | 'bytesOut' | 'endpointTimeUs' | `rejected by ${string}`,
  number
>

/**
 * Sends that many made-up exchanges through counters and rings, with hours passing, and asserts that ledger, counters and
 * records have the same sums for every tenant, route and key.
 */
export function sumExchanges(t: TestContext, count: number): void {
  const opened = openRecorder(t)
  const owners = Array.from({ length: tenants }, (_, index): Owners => {
    const first = 100 + 10 * index
    return { tenant: first, routes: [first + 1, first + 2], keys: [first + 3, first + 4] }
  })
  for (const { tenant, routes, keys } of owners) {
    const placed = (slot: number) => ({ id: slot, name: `o${slot}`, slot })
    const lists = { routes: routes.map(placed), endpoints: [], keys: keys.map(placed) }
    opened.recorder.learn({ kind: 'owners', tenant: placed(tenant), ...lists })
  }
  const random = new Random(11)
  const pause = Math.ceil(count / 100)
  for (let at = 0; at < count; at++) {
    exchange(opened, owners[random.below(tenants)], random)
    if (at % 200 === 0) opened.run(25)
    if (at % pause === pause - 1) opened.run(hour / 4)
  }
  opened.stop()
  const records = sumRecords(opened.folder)
  for (const { tenant, routes, keys } of owners) {
    for (const [of, ids] of [
      ['tenant', [tenant]],
      ['route', routes],
      ['key', keys],
    ] as const) {
      for (const id of ids) {
        const counters = sumCounters(opened.slab, id)
        assert.ok(counters.requests > 0 && counters.rejected > 0)
        assert.deepEqual(sumLedger(opened.folder, { of, tenantId: tenant, id }), counters, `ledger of ${of} ${id}`)
        assert.deepEqual(records.get(`o${id}`), counters, `records of ${of} ${id}`)
      }
    }
  }
}

/** As the request path ends one: the counters first, then the record. */
function exchange(
  { slab, record }: ReturnType<typeof openRecorder>,
  { tenant, routes, keys }: Owners,
  random: Random,
): void {
  const thread = random.below(2)
  const routeId = random.below(10) === 0 ? 0 : routes[random.below(2)]
  const keyId = routeId === 0 || random.below(3) === 0 ? 0 : keys[random.below(2)]
  const isRejected = random.below(5) === 0
  const reason = random.below(codes.length)
  const durationUs = random.below(5_000_000)
  const waitingUs = random.below(durationUs + 1)
  const attempts = isRejected ? 0 : 1 + random.below(3)
  const sizes = { bytesIn: random.below(1e6), bytesOut: random.below(1e9) }
  const status = isRejected ? 429 : 200 + random.below(400)
  const outcome = {
    status,
    isRejected,
    ...sizes,
    durationUs,
    endpointTimeUs: attempts === 0 ? 0 : durationUs - waitingUs,
  }
  for (const slot of [tenant, routeId, keyId]) {
    if (slot === 0) continue
    if (isRejected) countReason(slab, slot, reason)
    countExchange(slab, statsAt(slab, thread, slot), outcome)
  }
  const code = isRejected ? codes[reason] : ''
  const ids = { tenantId: tenant, routeId, keyId, endpointId: 0 }
  assert.ok(
    record({ ...ids, status, isRejected, ...sizes, durationUs, waitingUs, attempts, code }, thread),
    'the ring is full',
  )
}

function sumCounters(slab: Slab, slot: number): Totals {
  const { classes, rejected, bytesIn, bytesOut, endpointTimeUs } = readStats(slab, slot)
  const reasons = codes.map((code, index) => [`rejected by ${code}`, readReasons(slab, slot)[index]])
  const requests = classes.reduce((sum, count) => sum + count, 0)
  return { requests, rejected, bytesIn, bytesOut, endpointTimeUs, ...Object.fromEntries(reasons) } as Totals
}

function sumLedger(
  folder: string,
  { of, tenantId, id }: { of: 'tenant' | 'route' | 'key'; tenantId: number; id: number },
): Totals {
  const spanOf = () => ({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER })
  const { usage } = queryUsage(folder, { of, tenantId, spanOf }).find((used) => used.id === id)!
  const { reasons, ...sums } = usage
  return { ...sums, ...Object.fromEntries(codes.map((code) => [`rejected by ${code}`, reasons.get(code) ?? 0])) }
}

/** By name of the tenant, route or key. */
function sumRecords(folder: string): ReadonlyMap<string, Totals> {
  const sums = new Map<string, Totals>()
  const none = Object.fromEntries(codes.map((code) => [`rejected by ${code}`, 0]))
  for (const line of queryLog(folder, {})) {
    for (const name of [line.tenant, line.route, line.key]) {
      if (name === null) continue
      const sum = sums.get(name) ?? { requests: 0, rejected: 0, bytesIn: 0, bytesOut: 0, endpointTimeUs: 0, ...none }
      sums.set(name, sum)
      const isRejected = line.code !== null && line.code !== ''
      sum.requests += 1
      sum.bytesIn += line.bytes_in
      sum.bytesOut += line.bytes_out
      if (line.attempts > 0)
        sum.endpointTimeUs += Math.round(line.duration_ms * 1_000) - Math.round(line.waiting_ms * 1_000)
      if (isRejected) sum.rejected += 1
      if (isRejected) sum[`rejected by ${line.code}`] += 1
    }
  }
  return sums
}
