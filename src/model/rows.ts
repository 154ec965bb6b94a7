import type { EndpointRow } from './endpoint.ts'
import type { HostRow } from './host.ts'
import type { IpRuleRow } from './ip-rule.ts'
import type { KeyRow } from './key.ts'
import type { LimitRow } from './limit.ts'
import type { ListenerRow } from './listener.ts'
import type { PlanRow } from './plan.ts'
import type { PoolRow } from './pool.ts'
import type { RouteRow } from './route.ts'
import type { SettingRow } from './setting.ts'
import type { TenantRow } from './tenant.ts'

/** All rows of one tenant at one revision, each list in the order of ids. */
export interface TenantRows {
  readonly tenant: TenantRow
  /** Undefined: it has none, or one that is not there. */
  readonly plan: PlanRow | undefined
  readonly hosts: readonly HostRow[]
  readonly pools: readonly PoolRow[]
  /** Of all its pools. */
  readonly endpoints: readonly EndpointRow[]
  readonly routes: readonly RouteRow[]
  readonly keys: readonly KeyRow[]
  readonly limits: readonly LimitRow[]
  readonly ipRules: readonly IpRuleRow[]
}

/** All rows that are no tenant's. */
export interface GlobalRows {
  /** Revision at which a listener or a setting last changed. */
  readonly revision: number
  readonly listeners: readonly ListenerRow[]
  readonly settings: readonly SettingRow[]
  /** What sticky cookies are signed with; no row that any command shows. */
  readonly stickySecret: string
}
