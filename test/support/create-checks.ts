import assert from 'node:assert/strict'
import { HealthChecks } from '../../src/control/health-checks.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { createSlab } from '../../src/slab/slab.ts'
import { compileTenant } from '../../src/snapshot/compile-tenant.ts'
import { sealTenant } from '../../src/snapshot/sealed-tenant.ts'
import { endpointDefaults, goodRows } from '../snapshot/tenant-rows.ts'

/** Checks of one pool with those endpoints, which have not started yet. */
export function createChecks(
  urls: readonly string[],
  pool: Partial<(typeof goodRows)['pools'][number]>,
  mostKept = Infinity,
) {
  const endpoints = urls.map((url, at) => ({ id: 100 + at, poolId: 11, url, weight: 1, ...endpointDefaults }))
  const compiled = compileTenant({ ...goodRows, pools: [{ ...goodRows.pools[0], ...pool }], endpoints })
  assert.ok('snapshot' in compiled, JSON.stringify(compiled))
  const sealed = sealTenant(compiled.snapshot)
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
  const slab = createSlab({ threads: 1, ringBytes: 65_536 })
  const checks = new HealthChecks({ slab, clock: systemClock, tell: () => {}, mayExec: () => false, mostKept })
  checks.update({ sealed, slots }, compiled.snapshot)
  return { checks, findings: () => endpoints.map(({ id }) => checks.find(id)?.findings) }
}

/** So many addresses of this machine, each with that port. */
export function localUrls(count: number, port: number): string[] {
  return Array.from({ length: count }, (_, at) => `http://127.0.${1 + (at >> 7)}.${1 + (at & 127)}:${port}`)
}
