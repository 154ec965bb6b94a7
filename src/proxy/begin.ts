import { startAttempt } from './attempt.ts'
import { startMirror } from './mirror.ts'
import type { Exchange } from './exchange.ts'

/** The exchange is admitted: it goes to an endpoint, at once or when a limit that queues, or its bandwidth, has room for it. */
export function beginExchange(exchange: Exchange): void {
  const { mirror } = exchange.route!
  if (mirror !== undefined) startMirror(exchange, mirror)
  const waitUs = Math.max(exchange.delayUs, exchange.shape?.backlogUs ?? 0)
  if (waitUs === 0) return startAttempt(exchange)
  exchange.timer = setTimeout(() => exchange.onTurn(), waitUs / 1_000)
}
