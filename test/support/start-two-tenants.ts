import type { TestContext } from 'node:test'
import { startOrigin } from './start-origin.ts'
import { startProxy } from './start-proxy.ts'

/** A proxy for the tenants acme and globex, whose pools name the same endpoint: what they share is what tests are about. */
export async function startTwoTenants(t: TestContext) {
  const origin = await startOrigin(t)
  const pools = { web: { endpoints: [origin.url] } }
  const proxy = await startProxy(t, {
    tenants: [
      { name: 'acme', pools },
      { name: 'globex', pools },
    ],
  })
  return { origin, pools, proxy }
}
