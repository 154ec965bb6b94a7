import type { Candidates } from './candidates.ts'

/** One way to choose among the endpoints of a pool. It sees candidates only, never health or I/O. */
export interface Algorithm {
  readonly name: string
  readonly summary: string
  /** What the hash of a pick is made of: the client's address, or what the pool says. Undefined: no hash is looked at. */
  readonly hashes?: 'client' | 'chosen'
  /** It asks how long candidates take to answer: somebody has to measure it. */
  readonly isTimed?: true
  create(candidates: Candidates, options: BalancerOptions): Balancer
}

export interface BalancerOptions {
  /** Of whatever is left to chance. */
  readonly seed: number
  /** Of the mean in flight, the most that one candidate gets by its hash, above 1; undefined: no bound. */
  readonly loadFactor?: number | undefined
}

export interface Balancer {
  /**
   * Index of the chosen candidate, or -1 when none may be used. `hash` is from 0 to 2^32 - 1, equal for what belongs
   * together; 0 where the algorithm looks at none. Allocates nothing.
   */
  pick(mayUse: MayUse, hash: number): number
}

/** Whether the candidate at that index may be used now: it is healthy and was not tried before. Asked as seldom as can be. */
export type MayUse = (index: number) => boolean
