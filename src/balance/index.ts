import type { Algorithm } from './algorithm.ts'
import { leastConnections } from './least-connections.ts'
import { roundRobin } from './round-robin.ts'

/** Every balancing algorithm; the first is the default of a pool. */
export const algorithms: readonly Algorithm[] = [roundRobin, leastConnections]
