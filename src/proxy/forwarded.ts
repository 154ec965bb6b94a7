import { findInIpTable } from '../kit/ip-table.ts'
import { parseAddress } from '../kit/ip.ts'
import { parseAuthority } from '../wire/http1/authority.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import { isForwarded } from '../wire/http1/forwarded.ts'
import { listElements } from '../wire/http1/list.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import { joinedValues } from './client-address.ts'
import type { Exchange } from './exchange.ts'

/**
 * Says on the exchange what the endpoint is told of where the request came from (RFC 7239 and its X- ancestors).
 * Copies that the client sent count only when the peer is a trusted proxy, and only when they are sound: then ours are
 * appended to them.
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
  exchange.forwardedFor = appended(readList(head, fieldId.xForwardedFor, isAddress), exchange.forwardedFor)
  exchange.forwarded = appended(readForwarded(head), exchange.forwarded)
  exchange.via = appended(joinedValues(head, fieldId.via), exchange.via)
  exchange.forwardedProto = readList(head, fieldId.xForwardedProto, isScheme) || exchange.forwardedProto
  exchange.forwardedHost = readList(head, fieldId.xForwardedHost, isAuthority) || exchange.forwardedHost
}

function appended(inbound: string, own: string): string {
  return inbound === '' ? own : inbound + ', ' + own
}

function readForwarded(head: RequestHead): string {
  const value = joinedValues(head, fieldId.forwarded)
  return isForwarded(value) ? value : ''
}

/** Empty when there is none, or one of its elements is not what it should be. */
function readList(head: RequestHead, id: number, isSound: (element: string) => boolean): string {
  const value = joinedValues(head, id)
  return listElements(value).every(isSound) ? value : ''
}

function isAddress(element: string): boolean {
  return parseAddress(element) !== undefined
}

function isScheme(element: string): boolean {
  return element === 'http' || element === 'https'
}

function isAuthority(element: string): boolean {
  return parseAuthority(element) !== undefined
}

/** RFC 7239 section 6: an IPv6 address is bracketed and quoted. */
function nodeName(address: string): string {
  return address.includes(':') ? '"[' + address + ']"' : address
}
