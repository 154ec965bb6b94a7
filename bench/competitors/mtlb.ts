import { systemClock } from '../../src/kit/clock.ts'
import { listener } from '../../src/model/listener.ts'
import { openStore } from '../../src/store/open-store.ts'
import { writeTenant } from '../../test/support/write-config.ts'
import type { TestTenant } from '../../test/support/write-config.ts'
import { findFreePort, run, startServer } from '../children.ts'
import type { Competitor } from '../competitor.ts'
import { launcher } from '../launcher.ts'
import type { Tenant } from '../tenants.ts'

/** As it comes, with one data thread. */
export const mtlb: Competitor = {
  name: 'mtlb',
  summary: 'API keys, rate limit, ip rules, statistics, traffic log in SQLite, one data thread',
  hasKeys: true,
  needs: [],
  readVersion: () => run([launcher, '--version']).trim(),
  async start(folder, originPort, tenants) {
    const env = { MTLB_DATA: folder, MTLB_LOG: 'warn' }
    const port = await findFreePort()
    writeConfiguration({ folder, port, originPort, tenants })
    const command = [launcher, 'serve', '--threads', '1', '--quiet']
    const server = await startServer({ command, port, env, tenant: tenants.at(-1) })
    const readDroppedRecords = () => Number(/"dropped": *(\d+)/.exec(run([launcher, 'status', '--json'], env))?.[1])
    return { port, readDroppedRecords, ...server }
  },
}

interface Configuration {
  readonly folder: string
  readonly port: number
  readonly originPort: number
  readonly tenants: readonly Tenant[]
}

/** What the commands would write, in one transaction: ten thousand tenants would take an hour of commands. */
function writeConfiguration({ folder, port, originPort, tenants }: Configuration): void {
  const store = openStore({ folder, access: 'write', clock: systemClock })
  try {
    const main = store.find(listener, { name: 'main' })
    store.write({ actor: 'bench', command: 'npm run bench' }, (writer) => {
      const bind = `127.0.0.1:${port}`
      if (main === undefined) writer.insert(listener, { name: 'main', bind })
      else writer.update(listener, main.id, { bind })
      for (const tenant of tenants) writeTenant(writer, describe(tenant, originPort))
    })
  } finally {
    store.close()
  }
}

function describe({ name, host, keys, paths, denied, perMinute, burst }: Tenant, originPort: number): TestTenant {
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
