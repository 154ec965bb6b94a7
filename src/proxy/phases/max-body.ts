import { boundBody } from '../bound-body.ts'
import { noteShadow } from '../limits.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'

/** What the route itself takes; limits may take less. */
export function maxBodyPhase({ route: { maxBodyBytes, isMaxBodyShadow } }: PhasePlan): Phase | undefined {
  if (maxBodyBytes === undefined) return undefined
  if (!isMaxBodyShadow) return (exchange) => boundBody(exchange, maxBodyBytes, '')
  return (exchange) => {
    if (exchange.head.contentLength > maxBodyBytes) noteShadow(exchange, 'max-body')
    return undefined
  }
}
