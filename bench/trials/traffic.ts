import { openDnsServer } from '../../test/support/start-dns-server.ts'
import type { TestTenant } from '../../test/support/write-config.ts'
import type { Competitor } from '../competitor.ts'
import { describe, mtlb, startMtlb } from '../competitors/mtlb.ts'
import { measureLoad } from '../measure.ts'
import { acme, tight } from '../tenants.ts'
import type { Tenant } from '../tenants.ts'
import type { Trial } from '../trial.ts'
import { judgeLoad } from './load-trial.ts'
import { relayBudgets } from './load-trials.ts'

const name = 'origin.internal'

/** What choosing costs on top: the same route split over pools, beside others that match on fields, to endpoints found in DNS. */
export const traffic: Trial = {
  name: 'traffic',
  summary:
    'small GET, keep-alive, 64 connections; mtlb-traffic splits the route over two pools by weight, with a header that forces one, ' +
    'beside two routes that match on a header and a cookie, to an origin that it looks up in DNS every second',
  async run(bench) {
    const others = (await bench.contenders()).filter(({ competitor }) => competitor.hasKeys)
    const subject = await bench.start(withTraffic, [tight, acme])
    const contenders = subject === undefined ? others : [subject, ...others]
    const load = { connections: 64, requests: [{ tenant: acme }], status: 200 } as const
    const measurements = await measureLoad(bench, contenders, load)
    await subject?.running.stop()
    const plain = { figure: 'cpu', against: 'mtlb', sense: 'at most', ratio: 1.05 } as const
    return judgeLoad(measurements, [plain, ...relayBudgets], withTraffic.name)
  },
}

const withTraffic: Competitor = {
  ...mtlb,
  name: 'mtlb-traffic',
  async start(folder, originPort, tenants) {
    const dns = await openDnsServer()
    dns.set(name, { a: ['127.0.0.1'], ttl: 1 })
    const settings = { 'dns-servers': `127.0.0.1:${dns.port}` }
    const described = tenants.map((tenant) => describeTraffic(tenant, originPort))
    const running = await startMtlb(folder, tenants, { settings, tenants: described })
    const stop = async () => {
      await running.stop()
      dns.close()
    }
    return { ...running, stop }
  },
}

function describeTraffic(tenant: Tenant, originPort: number): TestTenant {
  const { routes = [], ...plain } = describe(tenant, originPort)
  const found = { endpoints: [`http://${name}:${originPort}`] }
  return {
    ...plain,
    pools: { web: found, canary: found, beta: found },
    routes: routes.flatMap((route) => [
      { ...route, split: ['web=95', 'canary=5'], splitHeader: 'X-Canary=1' },
      { ...route, name: `${route.name}-beta`, match: ['header:x-beta=1'], pool: 'beta' },
      { ...route, name: `${route.name}-group`, match: ['cookie:group=beta*'], pool: 'beta' },
    ]),
  }
}
