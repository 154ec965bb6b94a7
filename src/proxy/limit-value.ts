import { parseHashSource } from '../kit/field/hash-source.ts'
import { readAddress } from '../kit/ip.ts'
import { findPair } from '../wire/http1/cookie.ts'
import { findField } from '../wire/http1/find-field.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'

/** What a limit looks at. */
export interface LimitedRequest {
  readonly head: RequestHead
  readonly clientAddress: string
}

/** What of a request a limit tells clients apart by; requests that lack it share one value, so that nobody escapes by leaving it out. */
export type LimitValue = (request: LimitedRequest) => string

/** From `client`, `header:x-user`, `query:user`. */
export function compileLimitValue(per: string): LimitValue {
  const source = parseHashSource(per)
  if (source === undefined) return ({ clientAddress }) => subscriberOf(clientAddress)
  const { kind, name } = source
  return kind === 'header'
    ? ({ head }) => findField(head, name) ?? ''
    : ({ head }) => findPair(head.query.slice(1), name, '&') ?? ''
}

const words = new Uint32Array(4)

/** Of a v6 address the first 64 bits (RFC 6177: a subscriber has at least as many addresses). */
function subscriberOf(address: string): string {
  if (readAddress(address, words) !== 6) return address
  return `${words[0]}:${words[1]}`
}
