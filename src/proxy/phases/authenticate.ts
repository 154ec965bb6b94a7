import { findKey } from '../../auth/key.ts'
import { fieldId } from '../../wire/http1/field-id.ts'
import type { Exchange } from '../exchange.ts'
import { noteShadow } from '../limits.ts'
import type { Phase, PhasePlan } from '../pipeline.ts'
import { rejections } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'

/** A route that asks for a key is closed to everybody without one of its tenant's keys. */
export function authenticatePhase({ route }: PhasePlan): Phase | undefined {
  if (route.auth !== 'key') return undefined
  return route.isAuthShadow ? authenticateInShadow : authenticate
}

/**
 * Takes the key from X-Api-Key, else from Authorization with the scheme Bearer (RFC 6750 section 2.1). What
 * carried it is not sent on; anything else in Authorization beside X-Api-Key is the endpoint's own business.
 */
function authenticate(exchange: Exchange): Rejection | undefined {
  const presented = presentedKey(exchange)
  const key = presented === '' ? undefined : findKey(exchange.tenant!.keys, presented)
  if (key === undefined) return rejections.unauthenticated
  exchange.keyId = key.id
  exchange.key = key
  return undefined
}

function authenticateInShadow(exchange: Exchange): undefined {
  if (authenticate(exchange) !== undefined) noteShadow(exchange, 'auth')
}

function presentedKey(exchange: Exchange): string {
  const own = exchange.head.valueOf(fieldId.xApiKey)
  const authorization = exchange.head.valueOf(fieldId.authorization)
  const token = authorization === undefined ? '' : bearerToken(authorization)
  if (own !== undefined) exchange.withheldFields |= 1 << fieldId.xApiKey
  if (own === undefined || own === token) exchange.withheldFields |= 1 << fieldId.authorization
  return own ?? token
}

/** RFC 9110 section 11.1: the scheme in any case, one space or more. */
function bearerToken(value: string): string {
  if (value.length < 8 || value.slice(0, 7).toLowerCase() !== 'bearer ') return ''
  return value.slice(7).trimStart()
}
