import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Outliers } from '../../src/control/outliers.ts'
import { countOutcome } from '../../src/slab/outcomes.ts'
import { createSlab } from '../../src/slab/slab.ts'
import type { Suspicion } from '../../src/slab/suspicion.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { sealTenant } from '../../src/snapshot/sealed-tenant.ts'
import { endpointDefaults, goodRows } from '../snapshot/tenant-rows.ts'

function start(endpointCount: number) {
  const slab = createSlab({ threads: 2, ringBytes: 65_536 })
  const ejected: Suspicion[] = []
  const outliers = new Outliers({ slab, eject: (suspicion) => ejected.push(suspicion) })
  const endpoints = Array.from({ length: endpointCount }, (_, at) => ({
    id: 100 + at,
    poolId: 11,
    url: `http://127.0.0.1:${9_000 + at}`,
    weight: 1,
    ...endpointDefaults,
  }))
  const slots = {
    tenant: 1,
    routes: [2],
    pools: [3],
    keys: [],
    limits: [9_000],
    share: 0,
    flows: [],
    quotas: [],
    endpoints: [endpoints.map((_, at) => 4 + at)],
  }
  const configure = (changes: Partial<(typeof goodRows)['pools'][number]> = {}) => {
    const compiled = compileTenant({ ...goodRows, pools: [{ ...goodRows.pools[0], ...changes }], endpoints })
    assert.ok('snapshot' in compiled)
    const sealed = sealTenant(compiled.snapshot)
    outliers.update({ sealed, slots }, compiled.snapshot)
  }
  configure()
  const count = (index: number, done: number, failed = 0) => {
    for (let at = 0; at < done; at++) {
      countOutcome(slab, { thread: at % 2, slot: 4 + index }, { hasFailed: at < failed, isSlow: false })
    }
  }
  return { outliers, ejected, configure, count }
}

test('who stands out since the last look is ejected, and what was before does not count again', () => {
  const { outliers, ejected, count } = start(5)
  for (let index = 0; index < 5; index++) count(index, 100, index === 2 ? 40 : 0)
  outliers.look()
  assert.deepEqual(
    ejected.map(({ tenantId, poolId, endpointId }) => [tenantId, poolId, endpointId]),
    [[7, 11, 102]],
  )
  for (let index = 0; index < 5; index++) count(index, 100)
  outliers.look()
  assert.equal(ejected.length, 1)
})

test('a pool of four, and one that does not want it, are not compared; a change in between loses no count', () => {
  const four = start(4)
  for (let index = 0; index < 4; index++) four.count(index, 100, index === 2 ? 100 : 0)
  four.outliers.look()
  assert.equal(four.ejected.length, 0)

  const { outliers, ejected, count, configure } = start(6)
  for (let index = 0; index < 6; index++) count(index, 100, index === 0 ? 100 : 0)
  configure({ ejectMinRequests: 50 })
  outliers.look()
  assert.equal(ejected.length, 1)
  configure({ ejectDeviationPercent: 0 })
  for (let index = 0; index < 6; index++) count(index, 100, index === 0 ? 100 : 0)
  outliers.look()
  assert.equal(ejected.length, 1)
})
