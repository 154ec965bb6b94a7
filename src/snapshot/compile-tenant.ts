import { sharedPoolName } from '../kit/field/pool-reference.ts'
import { splitLimitTarget } from '../kit/field/limit-target.ts'
import { parseQuota } from '../kit/quota.ts'
import { parseRate } from '../kit/units.ts'
import type { ValuesOf } from '../kit/entity.ts'
import type { breakerFields } from '../model/breaker-fields.ts'
import type { EndpointRow } from '../model/endpoint.ts'
import type { LimitRow } from '../model/limit.ts'
import { planLimits } from '../model/plan-limits.ts'
import type { PoolRow } from '../model/pool.ts'
import type { RouteRow } from '../model/route.ts'
import type { TenantRows } from '../model/rows.ts'
import { splitHeaderMatch } from '../kit/field/header-match.ts'
import { parseMirror } from '../kit/field/mirror.ts'
import { parseSplitPart } from '../kit/field/split.ts'
import { byPrecedence } from '../model/route-order.ts'
import { poolsOfRoute } from '../model/route-pools.ts'
import { declareEndpoint } from './declare-endpoint.ts'
import { compileIpRules, listShadowRules } from './compile-ip-rules.ts'
import { findTenantProblems } from './find-tenant-problems.ts'
import { deepFreeze } from './freeze.ts'
import type { BreakerSnapshot, PoolSnapshot } from './pool-snapshot.ts'
import type { LimitSnapshot, Problem, RouteSnapshot, TenantSnapshot } from './tenant-snapshot.ts'

export type CompiledTenant = { readonly snapshot: TenantSnapshot } | { readonly problems: readonly Problem[] }

/** Rows to a frozen snapshot, or every reason why not. Pure; never throws, whoever wrote the rows. */
export function compileTenant(rows: TenantRows): CompiledTenant {
  const problems = findTenantProblems(rows)
  return problems.length > 0 ? { problems } : { snapshot: deepFreeze(build(rows)) }
}

function build({ tenant, plan, hosts, pools, endpoints, routes, keys, limits, ipRules }: TenantRows): TenantSnapshot {
  const poolIndex = new Map(pools.map(({ name }, index) => [name, index]))
  const sharedPools = [...new Set(routes.flatMap(poolsOfRoute).map((use) => sharedPoolName(use.pool)))].filter(
    (name) => name !== undefined,
  )
  const endpointsOf = Map.groupBy(endpoints, ({ poolId }) => poolId)
  return {
    id: tenant.id,
    name: tenant.name,
    revision: tenant.revision,
    isSuspended: tenant.state === 'suspended',
    hosts: hosts.map(({ name }) => name),
    pools: pools.map((pool) => buildPool(pool, endpointsOf.get(pool.id) ?? [])),
    routes: routes.toSorted(byPrecedence).map((route) => buildRoute(route, poolIndex, sharedPools)),
    keys: keys.filter(({ revokedMs }) => revokedMs === undefined).map(({ id, name, hash }) => ({ id, name, hash })),
    limits: planLimits(tenant.id, limits, plan)
      .map((row) => buildLimit(row, { routes, keys, timeZone: tenant.timeZone }))
      .filter((limit) => limit !== undefined),
    breaker: tenant.breaker && tenant.breakerMode !== 'off' ? buildBreaker(tenant) : undefined,
    weight: tenant.weight,
    guarantee: tenant.guarantee,
    sharedPools,
    ipRules: compileIpRules(ipRules),
    shadowIpRules: listShadowRules(ipRules),
  }
}

function buildPool(row: PoolRow, endpoints: readonly EndpointRow[]): PoolSnapshot {
  const { tenantId: _owner, breaker, breakerMode, ...rest } = omitBreakerFields(row)
  const hasOwn = (breaker === 'pool' || breaker === 'both') && breakerMode !== 'off'
  const hasEach = (breaker === 'endpoints' || breaker === 'both') && breakerMode === 'enforce'
  return {
    ...rest,
    healthStatuses: [...row.healthStatuses],
    breaker: hasOwn ? buildBreaker(row) : undefined,
    endpointBreaker: hasEach ? buildBreaker(row) : undefined,
    endpoints: endpoints.map(declareEndpoint),
  }
}

type BreakerRow = ValuesOf<typeof breakerFields>
type ModedRow = BreakerRow & Pick<PoolRow, 'breakerMode'>

function buildBreaker(row: ModedRow): BreakerSnapshot {
  return {
    errorsPercent: row.breakerErrorsPercent,
    slowPercent: row.breakerSlowPercent,
    slowAfterMs: row.breakerSlowAfterMs,
    minRequests: row.breakerMinRequests,
    windowMs: row.breakerWindowMs,
    openMs: row.breakerOpenMs,
    isShadow: row.breakerMode === 'shadow',
  }
}

/** Most pools have no breaker: ten thousand tenants need not carry what it would be. */
function omitBreakerFields<Row extends BreakerRow>(row: Row): Omit<Row, keyof BreakerRow> {
  const {
    breakerErrorsPercent: _errors,
    breakerSlowPercent: _slow,
    breakerSlowAfterMs: _slowAfter,
    breakerMinRequests: _minRequests,
    breakerWindowMs: _window,
    breakerOpenMs: _open,
    ...rest
  } = row
  return rest
}

function buildRoute(
  route: RouteRow,
  poolIndex: ReadonlyMap<string, number>,
  sharedPools: readonly string[],
): RouteSnapshot {
  const { tenantId: _owner, methods, retryOn, pool, auth, authMode, maxBodyMode, maxBodyBytes, ...others } = route
  const { split, splitOn, splitHeader, mirror, ...rest } = others
  const find = (name: string) => {
    const shared = sharedPoolName(name)
    const index = shared === undefined ? (poolIndex.get(name) ?? -1) : sharedPools.indexOf(shared)
    return { pool: index, isShared: shared !== undefined }
  }
  const copied = mirror === undefined ? undefined : parseMirror(mirror)
  const parts = split.map(parseSplitPart).filter((part) => part !== undefined)
  return {
    ...rest,
    methods: [...methods],
    match: [...rest.match],
    retryOn: [...retryOn],
    ...find(parts[0]?.pool ?? pool),
    mirror: copied && { ...find(copied.pool), percent: copied.percent },
    split:
      parts.length === 0
        ? undefined
        : {
            parts: parts.map(({ pool: name, weight }) => ({ ...find(name), weight })),
            on: splitOn,
            header: splitHeader === undefined ? undefined : splitHeaderMatch(splitHeader),
          },
    auth: auth === 'none' || authMode === 'off' ? 'none' : 'key',
    isAuthShadow: authMode === 'shadow',
    maxBodyBytes: maxBodyMode === 'off' ? undefined : maxBodyBytes,
    isMaxBodyShadow: maxBodyMode === 'shadow',
  }
}

type Named = { readonly id: number; readonly name: string }

interface LimitSurroundings {
  readonly routes: readonly Named[]
  readonly keys: readonly Named[]
  readonly timeZone: string
}

function buildLimit(row: LimitRow, { routes, keys, timeZone }: LimitSurroundings): LimitSnapshot | undefined {
  const { level, name, per } = splitLimitTarget(row.target)!
  const among = { tenant: [{ id: 0, name }], route: routes, key: keys }[level]
  const found = among.find((one) => one.name === name)
  if (found === undefined || row.mode === 'off') return undefined
  const { id, target, rate, burst, concurrency = 0, onExceed, maxWaitMs } = row
  const parsed = rate === undefined ? undefined : parseRate(rate)
  return {
    id,
    target,
    level,
    targetId: found.id,
    per,
    rate: parsed && { ...parsed, burst: burst ?? parsed.count },
    concurrency,
    bandwidth: row.bandwidthBytes ?? 0,
    connectionBandwidth: row.connectionBandwidthBytes ?? 0,
    maxBodyBytes: row.maxBodyBytes,
    isShadow: onExceed === 'shadow' || row.mode === 'shadow',
    maxWaitMs: onExceed === 'queue' ? maxWaitMs : 0,
    quotas: row.quotas
      .map(parseQuota)
      .filter((quota) => quota !== undefined)
      .map((quota) => ({ ...quota, timeZone })),
  }
}
