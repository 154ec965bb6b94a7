/** One way to choose among the endpoints of a pool. It sees candidates only, never health or I/O. */
export interface Algorithm {
  readonly name: string
  readonly summary: string
  create(candidates: readonly Candidate[]): Balancer
}

export interface Candidate {
  /** Share of the work; 0 drains: never picked, requests under way finish. */
  readonly weight: number
  /** Exchanges under way there, over all threads. */
  inFlight(): number
}

export interface Balancer {
  /** Index of the chosen candidate, or -1 when none may be used. Allocates nothing. */
  pick(mayUse: (index: number) => boolean): number
}
