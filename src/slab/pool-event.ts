/** Something that happened to a pool, to one of its endpoints, or to a tenant. */
export interface PoolEvent {
  readonly timeMs: number
  readonly kind: PoolEventKind
  readonly tenantId: number
  /** 0: the tenant as a whole. */
  readonly poolId: number
  /** 0: the pool as a whole. */
  readonly endpointId: number
  /** Why, for people: `5 of the last 5 requests failed: connection refused`. */
  readonly reason: string
}

/** What can happen; the codes of log lines, too. */
export type PoolEventKind =
  | 'endpoint_down'
  | 'endpoint_up'
  | 'endpoint_ejected'
  | 'endpoint_returned'
  | 'endpoint_drained'
  | 'endpoint_disabled'
  | 'endpoint_enabled'
  | 'breaker_opened'
  | 'breaker_half_open'
  | 'breaker_closed'
  | 'panic_began'
  | 'panic_ended'
  | 'endpoints_changed'
  | 'endpoint_refused'
  | 'endpoint_unresolved'
  | 'lookup_failed'
  | 'lookup_recovered'
  | 'tenant_quarantined'
  | 'tenant_released'
