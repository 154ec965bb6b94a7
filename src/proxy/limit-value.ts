import { parseHashSource } from '../kit/field/hash-source.ts'
import type { RequestHead } from '../wire/http1/request-head.ts'
import { countedAddress } from './counted-address.ts'
import { compileNamedValue } from './request-value.ts'

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
  const find = compileNamedValue(source)
  return ({ head }) => find?.(head) ?? ''
}

/** Of a v6 address what one subscriber has. */
function subscriberOf(address: string): string {
  const counted = countedAddress(address)
  return counted?.family === 6 ? `${counted.high}:${counted.low}` : address
}
