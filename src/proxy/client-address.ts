import { parseAddress, renderAddress } from '../kit/ip.ts'
import { findInIpTable } from '../kit/ip-table.ts'
import type { IpTable } from '../kit/ip-table.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'

/**
 * Who is judged: the socket's peer, or, when that is a trusted proxy, the last address of X-Forwarded-For that is not
 * one itself. What stands left of it was written by somebody who is not trusted. A malformed entry ends the search.
 */
export function findClientAddress(head: RequestHead, peerAddress: string, trusted: IpTable | undefined): string {
  if (trusted === undefined || findInIpTable(trusted, peerAddress) < 0) return peerAddress
  const hops = joinedValues(head, fieldId.xForwardedFor).split(',')
  let client = peerAddress
  for (let i = hops.length - 1; i >= 0; i -= 1) {
    const hop = parseAddress(hops[i].trim())
    if (hop === undefined) return client
    client = renderAddress(hop)
    if (findInIpTable(trusted, client) < 0) return client
  }
  return client
}

/** RFC 9110 section 5.3: repeated fields are one list. */
export function joinedValues(head: RequestHead, id: number): string {
  let joined = ''
  for (let i = 0; i < head.fieldIds.length; i++) {
    if (head.fieldIds[i] === id) joined += (joined === '' ? '' : ', ') + head.fieldValues[i]
  }
  return joined
}
