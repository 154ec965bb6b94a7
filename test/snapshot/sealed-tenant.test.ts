import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { findInIpTable } from '../../src/kit/ip-table.ts'
import type { TenantRows } from '../../src/model/rows.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { isSameTenant, openTenant, sealTenant } from '../../src/snapshot/sealed-tenant.ts'
import { isDeepFrozen } from './is-deep-frozen.ts'
import { goodRows } from './tenant-rows.ts'

test('what is opened is what was sealed, frozen', () => {
  const snapshots = [compile({}), compile({ ipRules: [], limits: [] }), compile({ ipRules: manyRules(500) })]
  const sealed = snapshots.map(sealTenant)
  for (const [index, snapshot] of snapshots.entries()) {
    const opened = openTenant(sealed[index])
    assert.ok(isDeepFrozen(opened))
    // JSON leaves out what is undefined, which reads the same.
    assert.deepEqual(JSON.parse(JSON.stringify(opened)), JSON.parse(JSON.stringify(snapshot)))
    assert.deepEqual(opened.ipRules, snapshot.ipRules)
  }
  const { id, name, revision, hosts } = sealed[0]
  assert.deepEqual({ id, name, revision, hosts }, { id: 7, name: 'acme', revision: 41, hosts: ['api.acme.test'] })
})

test('equal snapshots are the same when sealed, and any difference shows', () => {
  const one = sealTenant(compile({}))
  assert.ok(isSameTenant(one, sealTenant(compile({}))))
  const others = [
    { ipRules: [] },
    { tenant: { ...goodRows.tenant, revision: 42 } },
    { ipRules: [{ ...goodRows.ipRules[0], range: '203.0.112.0/24' }] },
  ]
  for (const changes of others) assert.ok(!isSameTenant(one, sealTenant(compile(changes))))
})

test('another thread opens it in the same memory', async (t) => {
  const sealed = sealTenant(compile({}))
  assert.ok(sealed.bytes.buffer instanceof SharedArrayBuffer)
  const source = `
    import { parentPort, workerData } from 'node:worker_threads'
    const { openTenant } = await import(workerData.module)
    const { name, ipRules } = openTenant(workerData.sealed)
    parentPort.postMessage({ name, table: ipRules.table })`
  const workerData = { sealed, module: new URL('../../src/snapshot/sealed-tenant.ts', import.meta.url).href }
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData })
  t.after(() => worker.terminate())
  const { name, table } = await new Promise<{ name: string; table: Parameters<typeof findInIpTable>[0] }>((resolve) =>
    worker.once('message', resolve),
  )
  assert.equal(name, 'acme')
  assert.ok(table.nodes.buffer instanceof SharedArrayBuffer)
  assert.equal(findInIpTable(table, '203.0.113.9'), 0)
})

function compile(changes: Partial<TenantRows>) {
  const compiled = compileTenant({ ...goodRows, ...changes })
  assert.ok('snapshot' in compiled)
  return compiled.snapshot
}

/** Enough for the table to have an index of its topmost levels. */
function manyRules(count: number): TenantRows['ipRules'] {
  return Array.from({ length: count }, (_, index) => ({
    ...goodRows.ipRules[0],
    id: index,
    range: `10.${index >> 8}.${index & 255}.0/24`,
  }))
}
