import { findInIpTable } from '../kit/ip-table.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import { joinedValues } from './client-address.ts'
import type { Exchange } from './exchange.ts'

/**
 * Says on the exchange what the endpoint is told of where the request came from (RFC 7239 and its X- ancestors).
 * Copies that the client sent count only when the peer is a trusted proxy: then ours are appended to them.
 */
export function describeForwarding(exchange: Exchange): void {
  const { head, front } = exchange
  const proto = front.isTls ? 'https' : 'http'
  exchange.forwardedFor = front.peerAddress
  exchange.forwardedProto = proto
  exchange.forwardedHost = head.authority
  exchange.forwarded = 'for=' + nodeName(front.peerAddress) + ';host="' + head.authority + '";proto=' + proto
  exchange.via = head.minorVersion === 1 ? '1.1 mtlb' : '1.0 mtlb'

  const trusted = exchange.thread.global.trustedProxies
  if (trusted !== undefined && findInIpTable(trusted, front.peerAddress) >= 0) appendToInbound(exchange)
}

function appendToInbound(exchange: Exchange): void {
  const { head } = exchange
  exchange.forwardedFor = appended(joinedValues(head, fieldId.xForwardedFor), exchange.forwardedFor)
  exchange.forwarded = appended(joinedValues(head, fieldId.forwarded), exchange.forwarded)
  exchange.via = appended(joinedValues(head, fieldId.via), exchange.via)
  exchange.forwardedProto = head.valueOf(fieldId.xForwardedProto) ?? exchange.forwardedProto
  exchange.forwardedHost = head.valueOf(fieldId.xForwardedHost) ?? exchange.forwardedHost
}

function appended(inbound: string, own: string): string {
  return inbound === '' ? own : inbound + ', ' + own
}

/** RFC 7239 section 6: an IPv6 address is bracketed and quoted. */
function nodeName(address: string): string {
  return address.includes(':') ? '"[' + address + ']"' : address
}
