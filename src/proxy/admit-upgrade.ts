import { fieldId } from '../wire/http1/field-id.ts'
import { isParseError } from '../wire/http1/parse-error.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import { asksForWebSocket, readWebSocketHandshake } from '../wire/http1/websocket-handshake.ts'
import type { Exchange } from './exchange.ts'
import { rejectionOfParseError, rejections } from './rejections.ts'
import type { Rejection } from './rejections.ts'

const upgradeBit = 1 << fieldId.upgrade

export function asksForUpgrade(head: RequestHead): boolean {
  return (head.seenIds & upgradeBit) !== 0
}

/**
 * RFC 9110 section 7.8: an upgrade may be ignored, and all but that to WebSocket are: the request is an ordinary one, and
 * its endpoint never learns what was asked for. A WebSocket is opened in a sound way or not at all.
 */
export function admitUpgrade(exchange: Exchange): Rejection | undefined {
  const { head, route } = exchange
  if (!asksForWebSocket(head)) return undefined
  if (!route!.websocket) return rejections.websocketNotAllowed
  const handshake = readWebSocketHandshake(head)
  if (isParseError(handshake)) return rejectionOfParseError(handshake)
  exchange.handshake = handshake
  return undefined
}
