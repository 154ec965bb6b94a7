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
  /** The members above as RFC 9457 problem details, open for what only the exchange knows. */
  readonly problem: string
}

/** Every refusal there is; docs/rejections.md is rendered from it. */
export const rejections = Object.freeze({
  noRoute: define(
    'no_route',
    404,
    'No route',
    'No tenant owns this host name, or none of its routes matches the path.',
  ),
  tenantSuspended: define('tenant_suspended', 403, 'Tenant suspended', 'The operator has suspended this tenant.'),
  addressDenied: define(
    'address_denied',
    403,
    'Address denied',
    'An ip rule of the tenant does not admit this client address.',
  ),
  unauthenticated: define(
    'unauthenticated',
    401,
    'Key required',
    'Send a valid API key as "Authorization: Bearer KEY" or "X-Api-Key: KEY".',
  ),
  rateLimited: define(
    'rate_limited',
    429,
    'Too many requests',
    'The rate limit of the tenant is exhausted; Retry-After says when the next request is admitted.',
  ),
  noEndpoint: define('no_endpoint', 503, 'No endpoint', 'The pool of this route has no endpoint that may be used.'),
  endpointConnect: defineFault(
    'endpoint_connect',
    502,
    'Endpoint unreachable',
    'No connection to an endpoint could be made.',
  ),
  endpointClosed: defineFault(
    'endpoint_closed',
    502,
    'Endpoint closed',
    'The endpoint closed the connection before its answer was complete.',
  ),
  endpointProtocol: defineFault(
    'endpoint_protocol',
    502,
    'Endpoint protocol error',
    'The endpoint answered with something that is not sound HTTP.',
  ),
  endpointTimeout: defineFault(
    'endpoint_timeout',
    504,
    'Endpoint timeout',
    'The endpoint did not answer within the time that the route allows.',
  ),
  methodNotAllowed: define(
    'method_not_allowed',
    405,
    'Method not allowed',
    'The path exists, the method does not: Allow lists those that do.',
  ),
  requestTimeout: define(
    'request_timeout',
    408,
    'Request timeout',
    'The request did not arrive within the time allowed.',
  ),
  internalError: defineFault(
    'internal_error',
    500,
    'Internal error',
    'A defect of the proxy ended this exchange; its log has the details.',
  ),
  badRequest: define(
    'bad_request',
    400,
    'Bad request',
    'The request is not sound HTTP/1.1; the detail of the answer names the rule.',
  ),
  uriTooLong: define('uri_too_long', 414, 'Target too long', 'The request target is longer than 8 KiB.'),
  expectationFailed: define(
    'expectation_failed',
    417,
    'Expectation failed',
    'Only "Expect: 100-continue" is understood.',
  ),
  fieldsTooLarge: define(
    'fields_too_large',
    431,
    'Header fields too large',
    'The header block is over 32 KiB, 128 fields or 8 KiB in one line.',
  ),
  notImplemented: define(
    'not_implemented',
    501,
    'Transfer coding not implemented',
    'Only the transfer coding "chunked" is understood.',
  ),
  versionNotSupported: define(
    'version_not_supported',
    505,
    'Version not supported',
    'This listener speaks HTTP/1.1 and HTTP/1.0.',
  ),
} as const satisfies Record<string, Rejection>)

const byCode = new Map<string, Rejection>(Object.values(rejections).map((rejection) => [rejection.code, rejection]))

/** The rejection of a fault's or a parse error's code; `internal_error` for a code that is in no table. */
export function findRejection(code: string): Rejection {
  return byCode.get(code) ?? rejections.internalError
}

/** What the parser found, with its own words as the detail. */
export function rejectionOfParseError(error: ParseError): Rejection {
  const { code, status, title } = findRejection(error.code)
  return create({ code, status, title, detail: error.detail, isFault: false })
}

function define(code: string, status: number, title: string, detail: string): Rejection {
  return create({ code, status, title, detail, isFault: false })
}

function defineFault(code: string, status: number, title: string, detail: string): Rejection {
  return create({ code, status, title, detail, isFault: true })
}

function create(rejection: Omit<Rejection, 'problem'>): Rejection {
  const { title, status, detail, code } = rejection
  const problem = JSON.stringify({ title, status, detail, code }).slice(0, -1)
  return Object.freeze({ ...rejection, problem })
}
