import { boundBody } from '../bound-body.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'

/** What the route itself takes; limits may take less. */
export function maxBodyPhase({ route: { maxBodyBytes } }: PhasePlan): Phase | undefined {
  return maxBodyBytes === undefined ? undefined : (exchange) => boundBody(exchange, maxBodyBytes, '')
}
