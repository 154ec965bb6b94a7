import { dropStream, refuseExchange } from './attempt.ts'
import { closeExchange } from './close.ts'
import type { Exchange } from './exchange.ts'
import type { Rejection } from './rejections.ts'
import { ruleOf } from './rule-of.ts'

/**
 * Ends an exchange that is under way: with the rejection as its answer, or, where the client has bytes of another answer
 * already, with a break that it cannot miss. The endpoint never takes what it got for the whole.
 */
export function cutOffExchange(exchange: Exchange, rejection: Rejection): void {
  dropStream(exchange)
  // What was gathered and not written yet is taken back.
  const isUnseen = !exchange.isAnswerStarted || exchange.bytesOut === 0
  if (isUnseen) return refuseExchange(exchange, rejection)
  exchange.code = rejection.code
  exchange.rule = ruleOf(exchange, rejection)
  exchange.isRejected = !rejection.isFault
  exchange.front.abort()
  closeExchange(exchange)
}
