/** What a client sends, how it is answered, and the exact bytes that the endpoint gets of it. */
export interface RequestCase {
  readonly name: string
  /** In one write; one latin1 character per byte. */
  readonly sent: string
  /** Statuses in order; the endpoint answers every request with 204. */
  readonly answers: readonly number[]
  /** The connection ends after the last answer; otherwise it serves another request. */
  readonly isClosed: boolean
  /** With `ID` for the request id. */
  readonly received: string
  /** So near to a limit of size that what one proxy adds is too much for a second one. */
  readonly isAtLimit?: boolean
}

/** Nothing of it reaches the endpoint, and nothing that follows is read. */
export function refused(name: string, sent: string, status = 400): RequestCase {
  return { name, sent, answers: [status], isClosed: true, received: '' }
}

/** One or more requests that all reach the endpoint. */
export function accepted(name: string, sent: string, ...received: readonly string[]): RequestCase {
  return { name, sent, answers: received.map(() => 204), isClosed: false, received: received.join('') }
}

/** The same, and the connection ends afterwards. */
export function acceptedLast(name: string, sent: string, ...received: readonly string[]): RequestCase {
  return { ...accepted(name, sent, ...received), isClosed: true }
}

/** One request with Expect, whose client is asked for its body before it is answered. */
export function continued(name: string, sent: string, received: string): RequestCase {
  return { ...accepted(name, sent, received), answers: [100, 204] }
}

const host = 'acme.test'

/** A request to acme.test with these field lines and without a body. */
export function message(requestLine: string, ...fields: readonly string[]): string {
  return [requestLine, `Host: ${host}`, ...fields, '', ''].join('\r\n')
}

export function get(...fields: readonly string[]): string {
  return message('GET / HTTP/1.1', ...fields)
}

export function post(...fields: readonly string[]): string {
  return message('POST / HTTP/1.1', ...fields)
}

/** A request that must never be seen as one when it stands in another one's body. */
export const smuggled = message('GET /smuggled HTTP/1.1')

/** The head that the endpoint gets of a request to acme.test; the framing is the last of the fields. */
export function seen(methodAndTarget: string, ...fields: readonly string[]): string {
  return seenOf(host, methodAndTarget, ...fields)
}

/** The same of a request for another authority. */
export function seenOf(authority: string, methodAndTarget: string, ...fields: readonly string[]): string {
  const own = [
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: http',
    `X-Forwarded-Host: ${authority}`,
    `Forwarded: for=127.0.0.1;host="${authority}";proto=http`,
    'Via: 1.1 mtlb',
    'X-Request-Id: ID',
    'X-Mtlb-Tenant: acme',
  ]
  return [`${methodAndTarget} HTTP/1.1`, `Host: ${authority}`, ...fields, ...own, '', ''].join('\r\n')
}

/** The head that the endpoint gets of an HTTP/1.0 request. */
export function seenOfOld(methodAndTarget: string, ...fields: readonly string[]): string {
  return seen(methodAndTarget, ...fields).replace('Via: 1.1', 'Via: 1.0')
}
