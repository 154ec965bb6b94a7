import { test } from 'node:test'
import { runScenarios } from '../support/run-scenarios.ts'
import type { Scenario } from '../support/run-scenarios.ts'
import { startOrigin } from '../support/start-origin.ts'
import { startProxy } from '../support/start-proxy.ts'

const served = { status: 200 }
const denied = { status: 403, code: 'address_denied' }

function from(client: string, host: string, expect: Scenario['expect']): Scenario {
  const verb = expect === served ? 'is served by' : 'is denied by'
  return { name: `${client} ${verb} ${host}`, request: { host, headers: { 'x-forwarded-for': client } }, expect }
}

/** The clients come through a trusted proxy, 127.0.0.1, and so do two more hops of 10.0.0.0/8. */
const scenarios: readonly Scenario[] = [
  from('203.0.113.7', 'denying.test', denied),
  from('203.0.114.7', 'denying.test', served),
  from('2001:db8:bad::1', 'denying.test', denied),
  from('2001:db8:bad:600d::1', 'denying.test', served),
  from('::ffff:203.0.113.7', 'denying.test', denied),
  from('198.51.100.9', 'allowing.test', served),
  from('198.51.100.66', 'allowing.test', denied),
  from('192.0.2.1', 'allowing.test', denied),
  from('2001:db8::1', 'allowing.test', denied),
  from('203.0.113.7', 'free.test', served),
  from('203.0.113.7, 10.0.0.9', 'denying.test', denied),
  from('192.0.2.1, 203.0.113.7', 'denying.test', denied),
  from('203.0.113.7, 192.0.2.1', 'denying.test', served),
  from('203.0.113.7, nonsense', 'denying.test', served),
]

test('ip rules', async (t) => {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(t, {
    settings: { 'trusted-proxies': '127.0.0.1/32,10.0.0.0/8' },
    tenants: [
      { name: 'free', pools },
      {
        name: 'denying',
        pools,
        ipRules: {
          '203.0.113.0/24': 'deny',
          '2001:db8:bad::/48': 'deny',
          '2001:db8:bad:600d::/64': 'allow',
          '0.0.0.0/0': 'allow',
        },
      },
      { name: 'allowing', pools, ipRules: { '198.51.100.0/24': 'allow', '198.51.100.66/32': 'deny' } },
    ],
  })
  await runScenarios(t, { port: proxy.port, origins: [origin] }, scenarios)
})

test('without trusted proxies the peer itself is judged', async (t) => {
  const origin = await startOrigin(t)
  const proxy = await startProxy(t, {
    tenants: [{ pools: { web: { endpoints: [origin.url] } }, ipRules: { '127.0.0.0/8': 'deny' } }],
  })
  await runScenarios(t, { port: proxy.port, origins: [origin] }, [from('203.0.113.7', 'acme.test', denied)])
})
