import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeMessages } from '../../src/control/change-messages.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { sealTenant } from '../../src/snapshot/sealed-tenant.ts'
import { goodRows } from '../snapshot/tenant-rows.ts'

for (const { count, sizes } of [
  { count: 0, sizes: [0] },
  { count: 1, sizes: [1] },
  { count: 500, sizes: [500] },
  { count: 501, sizes: [500, 1] },
  { count: 1_000, sizes: [500, 500] },
]) {
  test(`${count} tenants go in ${sizes.length} messages, of which only the last has the change's number`, () => {
    const messages = changeMessages({ global: undefined, tenants: placed(count), removedTenantIds: [3, 4] }, 17)
    const applies = messages.filter((message) => message.kind === 'apply')
    assert.deepEqual(
      applies.map(({ tenants }) => tenants.length),
      sizes,
    )
    assert.deepEqual(
      applies.map(({ change }) => change),
      [...sizes.slice(1).map(() => 0), 17],
    )
    assert.deepEqual(
      applies.map(({ removedTenantIds }) => removedTenantIds),
      [[3, 4], ...sizes.slice(1).map(() => [])],
    )
  })
}

function placed(count: number) {
  const compiled = compileTenant(goodRows)
  assert.ok('snapshot' in compiled)
  const sealed = sealTenant(compiled.snapshot)
  return Array.from({ length: count }, () => ({
    sealed,
    slots: {
      tenant: 1,
      routes: [2],
      pools: [5],
      keys: [],
      limits: [],
      share: 0,
      flows: [],
      quotas: [],
      endpoints: [[3, 4]],
    },
  }))
}
