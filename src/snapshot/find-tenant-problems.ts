import { sharedPoolName } from '../kit/field/pool-reference.ts'
import { parseSplitPart } from '../kit/field/split.ts'
import { renderTargetFlags } from '../kit/field/limit-target.ts'
import { endpoint } from '../model/endpoint.ts'
import { host } from '../model/host.ts'
import { ipRule } from '../model/ip-rule.ts'
import { key } from '../model/key.ts'
import { findLimitMisfit } from '../model/limit-misfit.ts'
import { limit } from '../model/limit.ts'
import { plan } from '../model/plan.ts'
import { findPoolMisfit } from '../model/pool-misfit.ts'
import { pool } from '../model/pool.ts'
import { poolsOfRoute } from '../model/route-pools.ts'
import { route } from '../model/route.ts'
import type { RouteRow } from '../model/route.ts'
import type { TenantRows } from '../model/rows.ts'
import { tenant } from '../model/tenant.ts'
import { checkRow } from './check-row.ts'
import type { Problem } from './tenant-snapshot.ts'

/** Every problem of a tenant's rows: first what single rows hold, then what does not fit together. */
export function findTenantProblems(rows: TenantRows): Problem[] {
  return [
    ...checkRows(rows),
    ...findPoolMisfits(rows),
    ...findLimitMisfits(rows),
    ...findStrayEndpoints(rows),
    ...findMissingPlan(rows),
    ...findMissingPools(rows),
    ...findIdleSplits(rows),
    ...findRivalRoutes(rows),
    ...checkKeys(rows),
  ]
}

function checkRows(rows: TenantRows): Problem[] {
  const owner = rows.tenant.name
  const poolNames = new Map(rows.pools.map(({ id, name }) => [id, name]))
  const named = (name: string) => ({ name, address: `${owner}/${name}` })
  return [
    checkRow(tenant, { values: rows.tenant, name: owner, address: owner }),
    ...(rows.plan ? [checkRow(plan, { values: rows.plan, name: rows.plan.name, address: rows.plan.name })] : []),
    ...rows.hosts.map((row) => checkRow(host, { values: row, ...named(row.name) })),
    ...rows.pools.map((row) => checkRow(pool, { values: row, ...named(row.name) })),
    ...rows.endpoints.map((row) => {
      const address = `${owner}/${poolNames.get(row.poolId) ?? '?'} ${row.url}`
      return checkRow(endpoint, { values: row, name: row.url, address })
    }),
    ...rows.routes.map((row) => checkRow(route, { values: row, ...named(row.name) })),
    ...rows.keys.map((row) => checkRow(key, { values: row, ...named(row.name) })),
    ...rows.limits.map((row) =>
      checkRow(limit, { values: row, name: row.target, address: `${owner}${renderTargetFlags(row.target)}` }),
    ),
    ...rows.ipRules.map((row) =>
      checkRow(ipRule, { values: row, name: row.range, address: `${row.range} --tenant ${owner}` }),
    ),
  ].flat()
}

function findPoolMisfits({ pools }: TenantRows): Problem[] {
  return pools.flatMap((row) => {
    const misfit = findPoolMisfit(row)
    return misfit === undefined ? [] : { table: pool.table, row: row.name, ...misfit }
  })
}

function findLimitMisfits({ limits }: TenantRows): Problem[] {
  return limits.flatMap((row) => {
    const misfit = findLimitMisfit(row)
    return misfit === undefined ? [] : { table: limit.table, row: row.target, ...misfit }
  })
}

function findStrayEndpoints({ tenant: { name: owner }, pools, endpoints }: TenantRows): Problem[] {
  const poolIds = new Set(pools.map(({ id }) => id))
  return endpoints
    .filter(({ poolId }) => !poolIds.has(poolId))
    .map(({ url, poolId }) => ({
      table: 'endpoint',
      row: url,
      field: 'pool_id',
      message: `pool ${poolId} is not a pool of tenant '${owner}'`,
      hint: `It was written by hand: 'DELETE FROM endpoint WHERE pool_id = ${poolId}'.`,
    }))
}

function findMissingPlan({ tenant: { name: owner, plan: name }, plan: found }: TenantRows): Problem[] {
  if (name === undefined || found !== undefined) return []
  return [
    {
      table: tenant.table,
      row: owner,
      field: 'plan',
      message: `plan '${name}' does not exist`,
      hint: `Add it: 'mtlb plan add ${name} --rate …', or do without: 'mtlb tenant set ${owner} --plan='.`,
    },
  ]
}

function findMissingPools({ tenant: { name: owner, grants }, pools, routes }: TenantRows): Problem[] {
  const names = new Set(pools.map(({ name }) => name))
  return routes.flatMap((row) =>
    poolsOfRoute(row).flatMap(({ pool: name, field }) => {
      const used = { name: row.name, pool: name, field }
      const shared = sharedPoolName(name)
      if (shared !== undefined) return grants.includes(shared) ? [] : ungrantedPool(owner, used)
      return names.has(name) ? [] : missingPool(owner, used, names)
    }),
  )
}

interface UsedPool {
  /** Of the route. */
  readonly name: string
  readonly pool: string
  readonly field: string
}

function missingPool(owner: string, { name, pool, field }: UsedPool, names: ReadonlySet<string>): Problem {
  return {
    table: 'route',
    row: name,
    field,
    message: `pool '${pool}' does not exist`,
    hint:
      `Add it: 'mtlb pool add ${owner}/${pool}', or use another: ` +
      `'mtlb route set ${owner}/${name} --${field} ${suggestPool(names)}'.`,
  }
}

function ungrantedPool(owner: string, { name, pool, field }: UsedPool): Problem {
  return {
    table: 'route',
    row: name,
    field,
    message: `pool '${pool}' is not granted to '${owner}'`,
    hint: `Grant it: 'mtlb pool grant ${pool} ${owner}'.`,
  }
}

/** Nobody would serve its requests. */
function findIdleSplits({ tenant: { name: owner }, routes }: TenantRows): Problem[] {
  return routes
    .filter(({ split }) => split.length > 0 && split.every((text) => (parseSplitPart(text)?.weight ?? 0) === 0))
    .map(({ name }) => ({
      table: 'route',
      row: name,
      field: 'split',
      message: 'no pool of the split has a weight above 0',
      hint: `Give one a weight, or do without: 'mtlb route set ${owner}/${name} --split='.`,
    }))
}

function suggestPool(names: ReadonlySet<string>): string {
  return names.size === 0 ? '…' : [...names].toSorted().slice(0, 5).join('|')
}

/** Two routes with the same path of which a request could take either. */
function findRivalRoutes({ tenant: { name: owner }, routes }: TenantRows): Problem[] {
  const samePaths = [...Map.groupBy(routes, ({ path }) => path).values()]
  return samePaths.flatMap((samePath) =>
    samePath.flatMap((row, index) => {
      const rival = samePath.slice(0, index).find((earlier) => canBothMatch(earlier, row))
      if (rival === undefined) return []
      return {
        table: 'route',
        row: row.name,
        field: 'path',
        message: `path '${row.path}' is also that of route '${rival.name}', for the same methods`,
        hint: `Set one apart: 'mtlb route set ${owner}/${row.name}' with '--path …' or '--methods …'.`,
      }
    }),
  )
}

/** A route for every method stands behind those for certain methods, and so on: that is no rivalry. */
function canBothMatch(a: RouteRow, b: RouteRow): boolean {
  if (a.pathRegex !== b.pathRegex || !isSameMatch(a, b)) return false
  if (a.methods.length === 0 || b.methods.length === 0) return a.methods.length === b.methods.length
  return a.methods.some((method) => b.methods.includes(method))
}

/** With other conditions one of them comes first, which `route list` shows. */
function isSameMatch(a: RouteRow, b: RouteRow): boolean {
  return a.match.toSorted().join() === b.match.toSorted().join()
}

function checkKeys({ tenant: { name: owner }, keys }: TenantRows): Problem[] {
  return keys
    .filter(({ hash }) => !/^[0-9a-f]{64}$/.test(hash))
    .map(({ name }) => ({
      table: 'key',
      row: name,
      field: 'hash',
      message: 'hash is not 64 lower-case hex digits',
      hint: `Revoke it: 'mtlb key revoke ${owner}/${name}', then add another: 'mtlb key add ${owner}/…'.`,
    }))
}
