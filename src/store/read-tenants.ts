import type { Entity, RowOf } from '../kit/entity.ts'
import { endpoint } from '../model/endpoint.ts'
import { host } from '../model/host.ts'
import { ipRule } from '../model/ip-rule.ts'
import { key } from '../model/key.ts'
import { limit } from '../model/limit.ts'
import { plan } from '../model/plan.ts'
import { pool } from '../model/pool.ts'
import { route } from '../model/route.ts'
import type { TenantRows } from '../model/rows.ts'
import { tenant } from '../model/tenant.ts'
import type { Tables } from './tables.ts'

/**
 * All rows of those of these tenants that there are, in the order of ids. One query per table, not one per table and
 * tenant: half of the time in which ten thousand tenants start went into those.
 */
export function readTenants(tables: Tables, ids: readonly number[]): TenantRows[] {
  const listOf = <E extends Entity>(entity: E): RowOf<E>[] => tables.listOfTenants(entity, ids)
  const allPools = listOf(pool)
  const tenantOfPool = new Map(allPools.map(({ id, tenantId }) => [id, tenantId]))
  const hosts = groupByTenant(listOf(host))
  const pools = groupByTenant(allPools)
  const endpoints = Map.groupBy(listOf(endpoint), ({ poolId }) => tenantOfPool.get(poolId))
  const routes = groupByTenant(listOf(route))
  const keys = groupByTenant(listOf(key))
  const limits = groupByTenant(listOf(limit))
  const ipRules = groupByTenant(listOf(ipRule))
  const plans = new Map(tables.list(plan).map((row) => [row.name, row]))
  return tables.listByIds(tenant, ids).map((row) => ({
    tenant: row,
    plan: row.plan === undefined ? undefined : plans.get(row.plan),
    hosts: hosts.get(row.id) ?? [],
    pools: pools.get(row.id) ?? [],
    endpoints: endpoints.get(row.id) ?? [],
    routes: routes.get(row.id) ?? [],
    keys: keys.get(row.id) ?? [],
    limits: limits.get(row.id) ?? [],
    ipRules: ipRules.get(row.id) ?? [],
  }))
}

function groupByTenant<Row extends { readonly tenantId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  return Map.groupBy(rows, ({ tenantId }) => tenantId)
}
