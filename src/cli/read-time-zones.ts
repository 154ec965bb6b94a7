import { tenant } from '../model/tenant.ts'
import type { Call } from './call.ts'
import { readConfiguration } from './change.ts'

/** Time zones of tenants by id; UTC for those that are gone and for traffic of nobody. */
export async function readTimeZones(call: Call): Promise<(tenantId: number) => string> {
  const tenants = await readConfiguration(call, (store) => store.list(tenant))
  const zones = new Map(tenants.map(({ id, timeZone }) => [id, timeZone]))
  return (tenantId) => zones.get(tenantId) ?? 'UTC'
}
