import type { Exchange } from './exchange.ts'
import { rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'

/**
 * RFC 9110 section 15.5.14: a length that says too much is refused at once, a body that has none once it proves too long. Of several
 * bounds the strictest decides; `rule` is the name that is told of this one, or empty.
 */
export function boundBody(exchange: Exchange, most: number, rule: string): Rejection | undefined {
  const { head } = exchange
  if (head.contentLength > most) {
    exchange.violated = rule
    return rejections.bodyTooLarge
  }
  if (head.byteLength + most >= exchange.maxBytesIn) return undefined
  exchange.maxBytesIn = head.byteLength + most
  exchange.bodyRule = rule
  return undefined
}
