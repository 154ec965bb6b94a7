import type { ParseError } from '../wire/http1/parse-error.ts'

/** An answer that mtlb gives on purpose, or because an endpoint failed. Constants: phases return them, `refuse` renders them. */
export interface Rejection {
  /** Stable: the same in the answer, the log, the metrics and the docs. */
  readonly code: string
  readonly status: number
  readonly title: string
  /** What the client's developer can do about it. */
  readonly detail: string
  /** An endpoint or mtlb itself failed, nobody decided: it does not count as rejected. */
  readonly isFault: boolean
  /** When to come again; 0: nothing is said, or the exchange knows (`Exchange.retryAfterSeconds`). */
  readonly retryAfterSeconds: number
  /** The members above as RFC 9457 problem details, open for what only the exchange knows. */
  readonly problem: string
}

/** Every refusal there is; docs/rejections.md is rendered from it. */
export const rejections = Object.freeze({
  noRoute: refuse(404, 'no_route', {
    title: 'No route',
    detail: 'No tenant owns this host name, or none of its routes matches the path.',
  }),
  tenantSuspended: refuse(403, 'tenant_suspended', {
    title: 'Tenant suspended',
    detail: 'The operator has suspended this tenant.',
  }),
  addressDenied: refuse(403, 'address_denied', {
    title: 'Address denied',
    detail: 'An ip rule of the tenant does not admit this client address.',
  }),
  unauthenticated: refuse(401, 'unauthenticated', {
    title: 'Key required',
    detail: 'Send a valid API key as "Authorization: Bearer KEY" or "X-Api-Key: KEY".',
  }),
  rateLimited: refuse(429, 'rate_limited', {
    title: 'Too many requests',
    detail: 'A rate limit of the tenant, its route or its key is exhausted; Retry-After says when to come again.',
  }),
  concurrencyLimited: refuse(429, 'concurrency_limited', {
    title: 'Too many requests at once',
    detail: 'As many requests are under way as the tenant, its route or its key may have; wait until one has ended.',
  }),
  quotaExceeded: refuse(429, 'quota_exceeded', {
    title: 'Quota used up',
    detail: 'A quota of the tenant, its route or its key is used up; Retry-After says when its next period begins.',
  }),
  globalLimited: refuse(503, 'global_limited', {
    title: 'Too many requests of all',
    detail: 'All tenants together have as many requests as this server takes; Retry-After says when to come again.',
  }),
  noEndpoint: refuse(503, 'no_endpoint', {
    title: 'No endpoint',
    detail: 'The pool of this route has no endpoint that may be used.',
  }),
  poolFull: refuse(503, 'pool_full', {
    title: 'Pool full',
    detail: 'The pool of this route serves as many requests as it may, and no more may wait for a place.',
    retryAfterSeconds: 1,
  }),
  serverFull: refuse(503, 'server_full', {
    title: 'Server full',
    detail: 'This server serves as many requests as it may, and of this tenant no more may wait for a place.',
    retryAfterSeconds: 1,
  }),
  queueTimeout: refuse(503, 'queue_timeout', {
    title: 'Queue timeout',
    detail:
      'The pool of this route, or the server, served as many requests as it may for as long as this one was allowed to wait.',
    retryAfterSeconds: 1,
  }),
  breakerOpen: refuse(503, 'breaker_open', {
    title: 'Circuit breaker open',
    detail:
      'Too many requests to this tenant or pool have failed of late; Retry-After says when one is let through again.',
  }),
  tooManyConnections: refuse(503, 'too_many_connections', {
    title: 'Too many connections',
    detail: 'As many clients are connected as may be, in all, from this address or to this tenant.',
    // Idle connections are closed after some seconds.
    retryAfterSeconds: 5,
  }),
  endpointConnect: fail(502, 'endpoint_connect', {
    title: 'Endpoint unreachable',
    detail: 'No connection to an endpoint could be made.',
  }),
  endpointClosed: fail(502, 'endpoint_closed', {
    title: 'Endpoint closed',
    detail: 'The endpoint closed the connection before its answer was complete.',
  }),
  endpointProtocol: fail(502, 'endpoint_protocol', {
    title: 'Endpoint protocol error',
    detail: 'The endpoint answered with something that is not sound HTTP.',
  }),
  endpointTimeout: fail(504, 'endpoint_timeout', {
    title: 'Endpoint timeout',
    detail: 'The endpoint did not answer within the time that the route allows.',
  }),
  exchangeTimeout: fail(504, 'exchange_timeout', {
    title: 'Exchange timeout',
    detail: 'Request and response together took longer than the route allows.',
  }),
  methodNotAllowed: refuse(405, 'method_not_allowed', {
    title: 'Method not allowed',
    detail: 'The path exists, the method does not: Allow lists those that do.',
  }),
  requestTimeout: refuse(408, 'request_timeout', {
    title: 'Request timeout',
    detail: 'The request did not arrive within the time allowed.',
  }),
  bodyTooLarge: refuse(413, 'body_too_large', {
    title: 'Body too large',
    detail: 'The body of the request is longer than is allowed here.',
  }),
  internalError: fail(500, 'internal_error', {
    title: 'Internal error',
    detail: 'A defect of the proxy ended this exchange; its log has the details.',
  }),
  badRequest: refuse(400, 'bad_request', {
    title: 'Bad request',
    detail: 'The request is not sound HTTP/1.1; the detail of the answer names the rule.',
  }),
  badWebsocket: refuse(400, 'bad_websocket', {
    title: 'Bad WebSocket handshake',
    detail: 'The request asks for a WebSocket in a way that is not sound; the detail of the answer names the rule.',
  }),
  websocketNotAllowed: refuse(403, 'websocket_not_allowed', {
    title: 'WebSocket not allowed',
    detail: 'The route of this request does not let a client open a WebSocket.',
  }),
  websocketVersion: refuse(426, 'websocket_version', {
    title: 'WebSocket version not supported',
    detail: 'The only version of WebSocket spoken here is 13.',
  }),
  uriTooLong: refuse(414, 'uri_too_long', {
    title: 'Target too long',
    detail: 'The request target is longer than 8 KiB.',
  }),
  expectationFailed: refuse(417, 'expectation_failed', {
    title: 'Expectation failed',
    detail: 'Only "Expect: 100-continue" is understood.',
  }),
  fieldsTooLarge: refuse(431, 'fields_too_large', {
    title: 'Header fields too large',
    detail: 'The header block is over 32 KiB, 128 fields or 8 KiB in one line.',
  }),
  notImplemented: refuse(501, 'not_implemented', {
    title: 'Transfer coding not implemented',
    detail: 'Only the transfer coding "chunked" is understood.',
  }),
  versionNotSupported: refuse(505, 'version_not_supported', {
    title: 'Version not supported',
    detail: 'This listener speaks HTTP/1.1 and HTTP/1.0.',
  }),
} as const satisfies Record<string, Rejection>)

const byCode = new Map<string, Rejection>(Object.values(rejections).map((rejection) => [rejection.code, rejection]))

/** Codes of all that count as refusals, at the index by which they are counted; the same in every thread. */
export const refusalCodes: readonly string[] = Object.values(rejections)
  .filter(({ isFault }) => !isFault)
  .map(({ code }) => code)

const reasons = new Map(refusalCodes.map((code, index) => [code, index]))

/** Index of a refusal's code in `refusalCodes`. */
export function reasonOf(code: string): number {
  return reasons.get(code)!
}

/** The rejection of a fault's or a parse error's code; `internal_error` for a code that is in no table. */
export function findRejection(code: string): Rejection {
  return byCode.get(code) ?? rejections.internalError
}

/** What the parser found, with its own words as the detail. */
export function rejectionOfParseError(error: ParseError): Rejection {
  return explainRejection(findRejection(error.code), error.detail)
}

/** The same rejection with the very rule that was broken as its detail. */
export function explainRejection({ code, status, title }: Rejection, detail: string): Rejection {
  return create({ code, status, title, detail, isFault: false })
}

interface Words {
  readonly title: string
  readonly detail: string
  readonly retryAfterSeconds?: number
}

function refuse(status: number, code: string, words: Words): Rejection {
  return create({ code, status, ...words, isFault: false })
}

function fail(status: number, code: string, words: Words): Rejection {
  return create({ code, status, ...words, isFault: true })
}

function create(rejection: Words & Pick<Rejection, 'status' | 'code' | 'isFault'>): Rejection {
  const { title, status, detail, code } = rejection
  const problem = JSON.stringify({ title, status, detail, code }).slice(0, -1)
  return Object.freeze({ retryAfterSeconds: 0, ...rejection, problem })
}
