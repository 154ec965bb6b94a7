import type { Clock } from '../kit/clock.ts'
import { droppedIds, isNamedByConnection, upgradeFields } from '../upstream/render-request-head.ts'
import { fieldId } from '../wire/http1/field-id.ts'
import { renderHttpDate } from '../wire/http1/http-date.ts'
import { reasonPhrase } from '../wire/http1/reason-phrase.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import type { Exchange } from './exchange.ts'
import type { Rejection } from './rejections.ts'
import { toldRule } from './rule-of.ts'

/** How an answer's body is delimited towards the client (RFC 9112 section 6). */
export type AnswerFraming = 'none' | 'length' | 'chunked' | 'until_close'

/** What the client's connection adds to the endpoint's head. */
export interface AnswerHeadPlan {
  readonly framing: AnswerFraming
  readonly minorVersion: 0 | 1
  readonly mustClose: boolean
  readonly requestId: string
  /** Whole field lines, or empty. */
  readonly ownFields: string
  /** For an answer that comes without a date. */
  readonly clock: Clock
}

/**
 * The head that the client is sent, put together from parsed parts: without what belongs to the endpoint's connection
 * (RFC 9110 section 7.6.1), with framing and persistence said anew.
 */
export function renderAnswerHead(head: ResponseHead, plan: AnswerHeadPlan): string {
  const copied = statusLine(head.status) + copiedFields(head) + date(head, plan.clock)
  return copied + framing(head, plan.framing) + plan.ownFields + requestId(plan) + persistence(plan)
}

/** A 1xx answer, RFC 9110 section 15.2. */
export function renderInterimHead(head: ResponseHead): string {
  return statusLine(head.status) + copiedFields(head) + '\r\n'
}

/** A 101, RFC 9110 section 7.8. */
export function renderUpgradeHead(head: ResponseHead, exchange: Exchange): string {
  return (
    statusLine(101) +
    copiedFields(head) +
    exchange.setCookie +
    exchange.limitFields +
    requestId(exchange) +
    upgradeFields +
    '\r\n'
  )
}

/** A whole answer of our own: RFC 9457 problem details, with the code as an extension member. */
export function renderRefusal(exchange: Exchange, rejection: Rejection, mustClose: boolean): string {
  const rule = ',"rule":"' + toldRule(exchange.rule) + '"'
  const body = rejection.problem + rule + violatedPolicies(exchange) + ',"request_id":"' + exchange.requestId + '"}\n'
  return (
    statusLine(rejection.status) +
    'Content-Type: application/problem+json\r\nContent-Length: ' +
    body.length +
    '\r\nCache-Control: no-store\r\n' +
    ownDate(exchange.thread.clock) +
    refusalFields(exchange, rejection) +
    exchange.limitFields +
    requestId(exchange) +
    persistence({ mustClose, minorVersion: exchange.head.minorVersion }) +
    (exchange.method === 'HEAD' ? '' : body)
  )
}

/** draft-ietf-httpapi-ratelimit-headers-11, section 6: which limit has refused it. */
function violatedPolicies({ violated }: Exchange): string {
  return violated === '' ? '' : ',"violated-policies":["' + violated + '"]'
}

const isDropped = droppedIds([
  fieldId.connection,
  fieldId.keepAlive,
  fieldId.proxyConnection,
  fieldId.te,
  fieldId.trailer,
  fieldId.transferEncoding,
  fieldId.contentLength,
  fieldId.upgrade,
  fieldId.xRequestId,
  fieldId.xMtlb,
])

/** Of each status that was ever answered. */
const statusLines: string[] = []

function statusLine(status: number): string {
  return (statusLines[status] ??= `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`)
}

function copiedFields(head: ResponseHead): string {
  const { fieldIds, fieldLines } = head
  let text = ''
  for (let i = 0; i < fieldIds.length; i++) {
    if (isDropped[fieldIds[i]] === 1) continue
    if (head.connectionOptions.length > 0 && isNamedByConnection(head, fieldLines[i])) continue
    text += fieldLines[i]
  }
  return text
}

/** RFC 9110 section 6.6.1: who forwards an answer without a date says when it came. */
function date(head: ResponseHead, clock: Clock): string {
  return head.valueOf(fieldId.date) === undefined ? ownDate(clock) : ''
}

function ownDate(clock: Clock): string {
  return 'Date: ' + renderHttpDate(clock.wallMs()) + '\r\n'
}

/** RFC 9110 section 8.6: an answer to HEAD and a 304 keep the length of the body they do not have; a 204 says none. */
function framing(head: ResponseHead, kind: AnswerFraming): string {
  if (kind === 'chunked') return 'Transfer-Encoding: chunked\r\n'
  if (head.contentLength < 0 || head.status === 204) return ''
  return 'Content-Length: ' + head.contentLength + '\r\n'
}

function requestId({ requestId }: { readonly requestId: string }): string {
  return 'X-Request-Id: ' + requestId + '\r\n'
}

/** RFC 9112 section 9.3; ends the head. */
function persistence({ mustClose, minorVersion }: { mustClose: boolean; minorVersion: 0 | 1 }): string {
  if (mustClose) return 'Connection: close\r\n\r\n'
  return minorVersion === 1 ? '\r\n' : 'Connection: keep-alive\r\n\r\n'
}

function refusalFields(exchange: Exchange, rejection: Rejection): string {
  if (rejection.status === 401) return 'WWW-Authenticate: Bearer realm="mtlb"\r\n'
  if (rejection.status === 405) return 'Allow: ' + (exchange.allow === '' ? knownMethods : exchange.allow) + '\r\n'
  if (rejection.status === 426) return upgradeFields + 'Sec-WebSocket-Version: 13\r\n'
  const seconds = exchange.retryAfterSeconds || rejection.retryAfterSeconds
  return seconds === 0 ? '' : 'Retry-After: ' + seconds + '\r\n'
}

/** RFC 9110 section 10.2.1. */
const knownMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
