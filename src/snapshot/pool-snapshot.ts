export interface PoolSnapshot {
  readonly id: number
  readonly name: string
  /** Name of an algorithm in `balance/index.ts`. */
  readonly balance: string
  /** What is hashed (see `parseHashSource`); undefined where nothing is said. */
  readonly hashOn: string | undefined
  /** Most that one endpoint gets by its hash, in percent of the mean under way; undefined means any. */
  readonly hashLoadPercent: number | undefined
  /** What keeps a client at its endpoint. */
  readonly sticky: 'off' | 'cookie' | 'ip'
  readonly stickyAgeMs: number
  readonly connectTimeoutMs: number
  /** 0: none. */
  readonly slowStartMs: number
  readonly spillBelowPercent: number
  /** 0: never. */
  readonly panicBelowPercent: number
  readonly health: 'off' | 'tcp' | 'http' | 'exec'
  readonly healthMethod: string
  readonly healthPath: string
  readonly healthHost: string | undefined
  /** `200-399`, `204`. */
  readonly healthStatuses: readonly string[]
  readonly healthBody: string | undefined
  /** `X-Probe: yes` */
  readonly healthHeaders: readonly string[]
  /** `status=up` */
  readonly healthJson: string | undefined
  /** Of health `exec`. */
  readonly healthCommand: string | undefined
  readonly healthIntervalMs: number
  readonly healthDownIntervalMs: number | undefined
  readonly healthTimeoutMs: number
  readonly rise: number
  readonly fall: number
  /** 0: never. */
  readonly ejectAfter: number
  readonly ejectTimeMs: number
  readonly ejectMaxTimeMs: number
  readonly retryBudgetPercent: number
  /** 0: any number. */
  readonly maxInFlight: number
  /** It is found out how many of them, up to that bound. */
  readonly adaptive: boolean
  /** Requests that wait for a place; 0: none. */
  readonly queue: number
  readonly queueTimeoutMs: number
  /** Of a standard deviation, in percent; 0: never. */
  readonly ejectDeviationPercent: number
  readonly ejectMinRequests: number
  /** Of the pool as a whole; undefined: none. */
  readonly breaker: BreakerSnapshot | undefined
  /** Of each endpoint by itself. */
  readonly endpointBreaker: BreakerSnapshot | undefined
  /** JSON file with further endpoints. */
  readonly fromFile: string | undefined
  /** Command that says further ones, and the time between two runs of it. */
  readonly fromExec: string | undefined
  readonly refreshMs: number
  readonly endpoints: readonly EndpointSnapshot[]
}

/** When a circuit breaker opens, and for how long. */
export interface BreakerSnapshot {
  /** Of the requests in its window; 0: never. */
  readonly errorsPercent: number
  readonly slowPercent: number
  readonly slowAfterMs: number
  readonly minRequests: number
  readonly windowMs: number
  readonly openMs: number
  /** Nobody is refused while it is open. */
  readonly isShadow: boolean
}

export interface EndpointSnapshot {
  readonly id: number
  /** Unique within its pool: `http://127.0.0.1:9001`; one that is a name until it is expanded is as the operator wrote it. */
  readonly url: string
  /** What has brought it: the URL of a name or a service, `from-file`, `from-exec`; undefined: the operator. */
  readonly source: string | undefined
  readonly isTls: boolean
  /** Address or name: what its certificate is for. */
  readonly host: string
  /** Where it is connected to; empty: not found yet (see expand-tenant.ts). */
  readonly address: string
  readonly port: number
  /** 0 drains: never picked, requests under way finish. */
  readonly weight: number
  readonly state: 'enabled' | 'draining' | 'disabled'
  readonly priority: number
  readonly backup: boolean
  readonly zone: string | undefined
  /** 0: any number. */
  readonly maxConnections: number
}
