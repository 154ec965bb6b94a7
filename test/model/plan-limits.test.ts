import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planLimits } from '../../src/model/plan-limits.ts'
import type { PlanRow } from '../../src/model/plan.ts'
import { limitRow } from '../snapshot/tenant-rows.ts'

const gold: PlanRow = {
  id: 1,
  name: 'gold',
  rate: '1000/s',
  burst: 2_000,
  concurrency: 50,
  clientRate: '20/s',
  clientBurst: undefined,
  note: '',
  quotas: [],
  bandwidthBytes: undefined,
  connectionBandwidthBytes: undefined,
  maxBodyBytes: undefined,
}

function plan(limits: Parameters<typeof planLimits>[1], changes: Partial<PlanRow> | undefined) {
  const planned = planLimits(7, limits, changes && { ...gold, ...changes })
  return planned.map(({ target, rate, burst, concurrency, from }) =>
    [target, rate ?? '-', burst ?? '-', from.rate, concurrency ?? '-', from.concurrency].join(' '),
  )
}

const route = limitRow({ id: 43, target: 'route:api', rate: '5/s' })

const cases: readonly [name: string, ...Parameters<typeof plan>, expected: readonly string[]][] = [
  ['a tenant without a plan has its own limits', [route], undefined, ['route:api 5/s - route - route']],
  [
    'a tenant without limits has those of its plan',
    [],
    {},
    ['tenant 1000/s 2000 plan gold 50 plan gold', 'tenant/client 20/s - plan gold - tenant'],
  ],
  [
    'a rate of its own takes the place of the rate and the burst of the plan, and leaves the rest',
    [limitRow({ rate: '5/s' }), route],
    {},
    ['tenant 5/s - tenant 50 plan gold', 'tenant/client 20/s - plan gold - tenant', 'route:api 5/s - route - route'],
  ],
  [
    'a concurrency of its own leaves the rate of the plan',
    [limitRow({ concurrency: 5 })],
    { clientRate: undefined },
    ['tenant 1000/s 2000 plan gold 5 tenant'],
  ],
  ['a plan that says nothing adds nothing', [], { rate: undefined, concurrency: undefined, clientRate: undefined }, []],
]
for (const [name, limits, changes, expected] of cases) {
  test(name, () => assert.deepEqual(plan(limits, changes), expected))
}

test('what is no row has an id that is no row’s, the same each time and for no other tenant', () => {
  const ids = [7, 8, 9].flatMap((tenantId) => planLimits(tenantId, [], gold).map(({ id }) => id))
  assert.equal(new Set(ids).size, 6)
  assert.ok(ids.every((id) => id < 0))
  assert.deepEqual(
    planLimits(7, [], { ...gold, rate: '1/s' }).map(({ id }) => id),
    ids.slice(0, 2),
  )
})
