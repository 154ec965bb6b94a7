import type { Algorithm } from './algorithm.ts'
import { hash } from './hash.ts'
import { ipHash } from './ip-hash.ts'
import { leastConnections } from './least-connections.ts'
import { leastResponseTime } from './least-response-time.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { twoChoices } from './two-choices.ts'

/** Every balancing algorithm; the first is the default of a pool. */
export const algorithms: readonly Algorithm[] = [
  roundRobin,
  random,
  leastConnections,
  twoChoices,
  leastResponseTime,
  ipHash,
  hash,
]
