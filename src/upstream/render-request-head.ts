import { fieldId } from '../wire/http1/field-id.ts'
import { nameOf } from '../wire/http1/message-head.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import type { ForwardRequest } from './transport.ts'

/**
 * The head that an endpoint is sent, put together from parsed parts. Left out: what belongs to the client's connection
 * (RFC 9110 section 7.6.1), the framing, which is said anew, and the fields that only mtlb may say.
 */
export function renderRequestHead(request: ForwardRequest, endpointAuthority: string): string {
  const head = request.head
  const host = head.authority === '' ? endpointAuthority : head.authority
  let text = head.method + ' ' + request.target + ' HTTP/1.1\r\nHost: ' + host + '\r\n'
  const { fieldIds, fieldLines } = head
  for (let i = 0; i < fieldIds.length; i++) {
    const id = fieldIds[i]
    if (isDropped[id] === 1 || ((request.withheldFields >>> id) & 1) === 1) continue
    if (head.connectionOptions.length > 0 && isNamedByConnection(head, fieldLines[i])) continue
    text += fieldLines[i]
  }
  text += request.cookieLine
  return text + (request.handshake === undefined ? framing(head) : upgradeFields) + ownFields(request)
}

const isDropped = droppedIds([
  fieldId.host,
  fieldId.connection,
  fieldId.keepAlive,
  fieldId.proxyConnection,
  fieldId.proxyAuthorization,
  fieldId.te,
  fieldId.trailer,
  fieldId.transferEncoding,
  fieldId.contentLength,
  fieldId.upgrade,
  fieldId.http2Settings,
  fieldId.expect,
  fieldId.xForwardedFor,
  fieldId.xForwardedProto,
  fieldId.xForwardedHost,
  fieldId.xForwardedPort,
  fieldId.xRealIp,
  fieldId.forwarded,
  fieldId.via,
  fieldId.xRequestId,
  fieldId.xMtlb,
  fieldId.xMtlbTrace,
])

/** A table by field id: 1 means that the field is not copied. */
export function droppedIds(ids: readonly number[]): Uint8Array {
  const table = new Uint8Array(256)
  for (const id of ids) table[id] = 1
  return table
}

/** RFC 9110 section 7.6.1: a field that Connection names is meant for one hop. */
export function isNamedByConnection(
  head: { readonly connectionOptions: readonly string[] },
  fieldLine: string,
): boolean {
  return head.connectionOptions.includes(nameOf(fieldLine).toLowerCase())
}

/** RFC 6455 section 4.1: of a request without a body. */
export const upgradeFields = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'

/** RFC 9112 section 6: said from what was parsed, never copied. */
function framing(head: RequestHead): string {
  if (head.isChunked) return 'Transfer-Encoding: chunked\r\n'
  if (head.contentLength >= 0) return 'Content-Length: ' + head.contentLength + '\r\n'
  return ''
}

function ownFields(request: ForwardRequest): string {
  const { forwardedFields, requestId, tenantName } = request
  return forwardedFields + 'X-Request-Id: ' + requestId + '\r\nX-Mtlb-Tenant: ' + tenantName + '\r\n\r\n'
}
