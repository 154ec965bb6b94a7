import type { TestConfig, TestTenant } from '../../test/support/write-config.ts'
import { findFreePort, run, startServer } from '../children.ts'
import type { Competitor, RunningCompetitor } from '../competitor.ts'
import { launcher } from '../launcher.ts'
import type { Tenant } from '../tenants.ts'
import { writeConfiguration } from '../write-configuration.ts'

/** As it comes, with one data thread. */
export const mtlb: Competitor = {
  name: 'mtlb',
  summary: 'API keys, rate limit, ip rules, statistics, traffic log in SQLite, one data thread',
  hasKeys: true,
  needs: [],
  readVersion: () => run([launcher, '--version']).trim(),
  start: (folder, originPort, tenants) =>
    startMtlb(folder, tenants, { tenants: tenants.map((tenant) => describe(tenant, originPort)) }),
}

/** On a configuration that serves these tenants. */
export async function startMtlb(
  folder: string,
  tenants: readonly Tenant[],
  config: TestConfig,
): Promise<RunningCompetitor> {
  const env = { MTLB_DATA: folder, MTLB_LOG: 'warn' }
  const port = await findFreePort()
  writeConfiguration({ folder, port, ...config })
  const command = [launcher, 'serve', '--threads', '1', '--quiet']
  const server = await startServer({ command, port, env, tenant: tenants.at(-1) })
  const readDroppedRecords = () => Number(/"dropped": *(\d+)/.exec(run([launcher, 'status', '--json'], env))?.[1])
  return { port, readDroppedRecords, ...server }
}

/** A tenant with one pool of one endpoint. */
export function describe(
  { name, host, keys, paths, denied, perMinute, burst }: Tenant,
  originPort: number,
): TestTenant {
  return {
    name,
    hosts: [host],
    pools: { web: { endpoints: [`http://127.0.0.1:${originPort}`] } },
    routes: paths.map((path, index) => ({ name: `route-${index}`, path, auth: 'key' })),
    keys: Object.fromEntries(keys.map((key, index) => [`key-${index}`, key])),
    limit: { rate: `${perMinute}/m`, burst },
    ipRules: Object.fromEntries(denied.map((range) => [range, 'deny'])),
  }
}
