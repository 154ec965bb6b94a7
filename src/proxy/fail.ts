import { dropStream, refuseExchange } from './attempt.ts'
import { closeExchange } from './close.ts'
import type { Exchange } from './exchange.ts'
import { rejections } from './rejections.ts'

/** A defect of ours: 500 for this exchange alone, and the stack in the log. */
export function failExchange(exchange: Exchange, error: unknown): void {
  exchange.thread.log.error(
    { code: 'internal_error', request_id: exchange.requestId, err: error },
    'an exchange failed',
  )
  if (exchange.isClosed) return
  dropStream(exchange)
  if (!exchange.isAnswerStarted) return refuseExchange(exchange, rejections.internalError)
  exchange.code = rejections.internalError.code
  exchange.front.abort()
  closeExchange(exchange)
}
