import { startAttempt } from './attempt.ts'
import type { Exchange } from './exchange.ts'
import { startBacklogUs } from './shape.ts'

/** The exchange is admitted: it goes to an endpoint, at once or when a limit that queues, or its bandwidth, has room for it. */
export function beginExchange(exchange: Exchange): void {
  const waitUs = Math.max(exchange.delayUs, startBacklogUs(exchange))
  if (waitUs === 0) return startAttempt(exchange)
  exchange.timer = setTimeout(() => exchange.onTurn(), waitUs / 1_000)
}
