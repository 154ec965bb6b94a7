import { startAttempt } from './attempt.ts'
import type { Exchange } from './exchange.ts'
import { delayStart } from './shape.ts'

/** The exchange is admitted: it goes to an endpoint, at once unless the bandwidth that it shares has been used up. */
export function beginExchange(exchange: Exchange): void {
  if (exchange.shaped.length > 0 && delayStart(exchange, () => exchange.onTurn())) return
  startAttempt(exchange)
}
