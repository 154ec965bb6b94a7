import type { TestTenant } from './write-config.ts'

/** A tenant that is told to find out soon what goes wrong with its endpoints, and to retry whatever can be. */
export function createResilientTenant(endpoints: readonly string[]): TestTenant {
  const web = {
    endpoints,
    connectTimeoutMs: 300,
    health: 'http',
    healthIntervalMs: 200,
    healthTimeoutMs: 200,
    fall: 2,
    ejectAfter: 3,
    breaker: 'endpoints',
    breakerErrorsPercent: 3,
    breakerMinRequests: 100,
    breakerWindowMs: 2_000,
  } as const
  const retryOn = ['connect', 'reset', 'timeout', 'protocol', '500-504']
  return { pools: { web }, routes: [{ retryOn, timeoutMs: 300, idleTimeoutMs: 300 }] }
}
