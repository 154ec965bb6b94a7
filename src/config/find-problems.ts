import { sharedOwner } from '../kit/field/pool-reference.ts'
import { findEndpointForbidden } from '../model/endpoint-misfit.ts'
import { plan } from '../model/plan.ts'
import { findPlanMisfit } from '../model/plan-misfit.ts'
import { findPoolForbidden } from '../model/pool-misfit.ts'
import { price } from '../model/price.ts'
import { findPriceMisfit } from '../model/price-misfit.ts'
import type { TenantRows } from '../model/rows.ts'
import { parseSettings, setting } from '../model/setting.ts'
import type { Settings } from '../model/setting.ts'
import { tenant } from '../model/tenant.ts'
import { compileGlobal } from '../snapshot/compile-global.ts'
import { compileTenant } from '../snapshot/compile-tenant.ts'
import type { Problem } from '../snapshot/tenant-snapshot.ts'
import type { Store } from '../store/store.ts'

export interface FoundProblem extends Problem {
  /** Empty for what is no tenant's. */
  readonly tenant: string
}

/** Why these tenants, those whose plans these are, and what is no tenant's would not be taken by a server, or by a command. */
export function findProblems(
  store: Store,
  { tenants, plans }: { readonly tenants: readonly string[]; readonly plans: readonly string[] },
): FoundProblem[] {
  const names = new Set([...tenants, ...plans])
  const ids = store
    .list(tenant)
    .filter((row) => names.has(row.name) || (row.plan !== undefined && plans.includes(row.plan)))
    .map(({ id }) => id)
  const { settings } = parseSettings(store.list(setting))
  return store.read(() => [
    ...withTenant('', findGlobalProblems(store)),
    ...store.readTenants(ids).flatMap((rows) => withTenant(rows.tenant.name, findTenantProblems(rows, settings))),
  ])
}

function findGlobalProblems(store: Store): readonly Problem[] {
  const compiled = compileGlobal(store.readGlobal())
  const plans = store.list(plan).flatMap((row) => withRow(plan.table, row.name, findPlanMisfit(row)))
  const prices = store.list(price).flatMap((row) => withRow(price.table, row.name, findPriceMisfit(row)))
  return [...('problems' in compiled ? compiled.problems : []), ...plans, ...prices]
}

function findTenantProblems(rows: TenantRows, settings: Settings): readonly Problem[] {
  const compiled = compileTenant(rows)
  const forbidden = rows.pools.flatMap((row) =>
    withRow(
      'pool',
      row.name,
      findPoolForbidden(row, () => settings),
    ),
  )
  const unreachable = rows.endpoints.flatMap((row) =>
    withRow(
      'endpoint',
      row.url,
      findEndpointForbidden(row, () => settings),
    ),
  )
  return [...('problems' in compiled ? compiled.problems : []), ...forbidden, ...unreachable, ...findStrays(rows)]
}

/** The owner of shared pools has nothing else. */
function findStrays({ tenant: { name }, hosts, routes, keys, limits, ipRules }: TenantRows): readonly Problem[] {
  if (name !== sharedOwner || [hosts, routes, keys, limits, ipRules].every((rows) => rows.length === 0)) return []
  const message = `'${sharedOwner}' has pools and endpoints, and nothing else`
  return [
    { table: tenant.table, row: name, field: 'name', message, hint: 'Give the rest to a tenant of another name.' },
  ]
}

function withRow(
  table: string,
  row: string,
  misfit: Pick<Problem, 'field' | 'message' | 'hint'> | undefined,
): Problem[] {
  return misfit === undefined ? [] : [{ table, row, ...misfit }]
}

function withTenant(owner: string, problems: readonly Problem[]): FoundProblem[] {
  return problems.map((problem) => ({ ...problem, tenant: owner }))
}
