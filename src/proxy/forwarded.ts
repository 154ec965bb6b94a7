import { findInIpTable } from '../kit/ip-table.ts'
import { parseAddress } from '../kit/ip.ts'
import { parseAuthority } from '../wire/http1/authority.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import { isForwarded } from '../wire/http1/forwarded.ts'
import { listElements } from '../wire/http1/list.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import { joinedValues } from './client-address.ts'
import type { Exchange } from './exchange.ts'

/** What the endpoint is told of where a request came from. */
interface Forwarding {
  readonly addresses: string
  readonly proto: string
  readonly host: string
  /** RFC 7239. */
  readonly forwarded: string
  /** RFC 9110 section 7.6.3. */
  readonly via: string
}

/**
 * The field lines that tell the endpoint where the request came from (RFC 7239 and its X- ancestors). Copies that the
 * client sent count only when the peer is a trusted proxy, and only when they are sound: then ours are appended to them.
 */
export function renderForwarding(exchange: Exchange): string {
  const { front, head } = exchange
  const trusted = exchange.thread.global.trustedProxies
  const isTrusted = trusted !== undefined && findInIpTable(trusted, front.peerAddress) >= 0
  if (isTrusted) return render(appendToInbound(head, describe(exchange)))
  if (head.minorVersion === 0) return render(describe(exchange))
  // A connection usually asks for one host, and then this is the same for all its requests.
  if (front.forwardedFields === '' || front.forwardedAuthority !== head.authority) {
    front.forwardedAuthority = head.authority
    front.forwardedFields = render(describe(exchange))
  }
  return front.forwardedFields
}

function describe({ head, front }: Exchange): Forwarding {
  const proto = front.isTls ? 'https' : 'http'
  return {
    addresses: front.peerAddress,
    proto,
    host: head.authority,
    forwarded: 'for=' + nodeName(front.peerAddress) + ';host="' + head.authority + '";proto=' + proto,
    via: head.minorVersion === 1 ? '1.1 mtlb' : '1.0 mtlb',
  }
}

function appendToInbound(head: RequestHead, own: Forwarding): Forwarding {
  return {
    addresses: appended(readList(head, fieldId.xForwardedFor, isAddress), own.addresses),
    proto: readList(head, fieldId.xForwardedProto, isScheme) || own.proto,
    host: readList(head, fieldId.xForwardedHost, isAuthority) || own.host,
    forwarded: appended(readForwarded(head), own.forwarded),
    via: appended(joinedValues(head, fieldId.via), own.via),
  }
}

function render({ addresses, proto, host, forwarded, via }: Forwarding): string {
  return (
    `X-Forwarded-For: ${addresses}\r\nX-Forwarded-Proto: ${proto}\r\nX-Forwarded-Host: ${host}\r\n` +
    `Forwarded: ${forwarded}\r\nVia: ${via}\r\n`
  )
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
