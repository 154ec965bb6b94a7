/** An endpoint has failed so many requests in a row that its pool ejects it. */
export interface Suspicion {
  readonly tenantId: number
  readonly poolId: number
  readonly endpointId: number
  /** For people: `5 failures in a row, the last: connection refused`. */
  readonly reason: string
  /** What the endpoint itself asked for (RFC 9110 section 10.2.3); 0: nothing. */
  readonly retryAfterMs: number
}
