import type { PoolSnapshot } from './pool-snapshot.ts'

/** Of so few endpoints none can be 1.9 standard deviations below the mean: of n, one is the square root of n - 1 at most. */
export const fewestCompared = 5

/** Whether a pool ejects an endpoint that is less successful than the others. */
export function comparesEndpoints({ ejectDeviationPercent, endpoints }: PoolSnapshot): boolean {
  return ejectDeviationPercent > 0 && endpoints.length >= fewestCompared
}
