import type { TenantRows } from '../../src/model/rows.ts'

export const retryDefaults = {
  attempts: 3,
  retryOn: ['connect', 'reset'],
  retryNonIdempotent: false,
  retryBackoffMs: 25,
  hedge: false,
} as const

const route = {
  id: 21,
  tenantId: 7,
  name: 'api',
  path: '/',
  methods: [],
  pool: 'web',
  auth: 'key',
  stripPrefix: false,
  pathMode: 'canonical',
  websocket: true,
  maxBodyBytes: undefined,
  authMode: 'enforce',
  maxBodyMode: 'enforce',
  split: [],
  splitOn: 'request',
  splitHeader: undefined,
  match: [],
  pathRegex: undefined,
  mirror: undefined,
  timeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  requestTimeoutMs: undefined,
  ...retryDefaults,
} as const

export const endpointDefaults = {
  state: 'enabled',
  priority: 0,
  backup: false,
  zone: undefined,
  maxConnections: 0,
} as const

export const breakerDefaults = {
  breakerErrorsPercent: 50,
  breakerSlowPercent: 0,
  breakerSlowAfterMs: 5_000,
  breakerMinRequests: 20,
  breakerWindowMs: 10_000,
  breakerOpenMs: 5_000,
} as const

/** A pool whose endpoints nobody checks. */
export const unchecked = {
  health: 'off',
  healthMethod: 'GET',
  healthPath: '/',
  healthHost: undefined,
  healthStatuses: ['200-399'],
  healthBody: undefined,
  healthHeaders: [],
  healthJson: undefined,
  healthCommand: undefined,
  healthIntervalMs: 5_000,
  healthDownIntervalMs: undefined,
  healthTimeoutMs: 2_000,
  rise: 2,
  fall: 3,
  ejectAfter: 5,
  ejectTimeMs: 10_000,
  ejectMaxTimeMs: 300_000,
  retryBudgetPercent: 20,
  maxInFlight: 0,
  queue: 0,
  queueTimeoutMs: 2_000,
  ejectDeviationPercent: 190,
  ejectMinRequests: 100,
  adaptive: false,
} as const

/** Rows of a tenant that compiles; a test breaks what it is about. */
export const goodRows: TenantRows = {
  tenant: {
    id: 7,
    name: 'acme',
    state: 'active',
    note: '',
    revision: 41,
    breaker: false,
    ...breakerDefaults,
    plan: undefined,
    timeZone: 'UTC',
    weight: 1,
    guarantee: 0,
    grants: [],
    breakerMode: 'enforce',
  },
  plan: undefined,
  hosts: [{ id: 8, tenantId: 7, name: 'api.acme.test', note: '' }],
  pools: [
    {
      id: 11,
      tenantId: 7,
      name: 'web',
      balance: 'round-robin',
      hashOn: undefined,
      hashLoadPercent: undefined,
      sticky: 'off',
      stickyAgeMs: 86_400_000,
      connectTimeoutMs: 5_000,
      slowStartMs: 0,
      spillBelowPercent: 70,
      panicBelowPercent: 0,
      ...unchecked,
      breaker: 'off',
      breakerMode: 'enforce',
      fromFile: undefined,
      fromExec: undefined,
      refreshMs: 10_000,
      ...breakerDefaults,
    },
  ],
  endpoints: [
    { id: 12, poolId: 11, url: 'http://127.0.0.1:9001', weight: 3, ...endpointDefaults },
    { id: 13, poolId: 11, url: 'https://[::1]', weight: 0, ...endpointDefaults },
  ],
  routes: [route],
  keys: [
    { id: 31, tenantId: 7, name: 'ci', hash: 'ab'.repeat(32), prefix: 'mtlb_abcd', note: '', revokedMs: undefined },
  ],
  limits: [limitRow({ rate: '100/s', burst: 200 })],
  ipRules: [{ id: 51, tenantId: 7, range: '203.0.113.0/24', action: 'deny', note: 'scanner', mode: 'enforce' }],
}

export function limitRow(changes: Partial<TenantRows['limits'][number]>): TenantRows['limits'][number] {
  const nothing = {
    rate: undefined,
    burst: undefined,
    concurrency: undefined,
    onExceed: 'reject',
    mode: 'enforce',
    bandwidthBytes: undefined,
    connectionBandwidthBytes: undefined,
    maxBodyBytes: undefined,
    maxWaitMs: 1_000,
    quotas: [],
  } as const
  return { id: 41, tenantId: 7, target: 'tenant', ...nothing, ...changes }
}

export function routeRow(changes: Partial<TenantRows['routes'][number]>): TenantRows['routes'][number] {
  return { ...route, ...changes }
}
