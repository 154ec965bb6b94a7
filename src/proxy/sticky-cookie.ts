import { createHmac } from 'node:crypto'
import { isEqualConstantTime } from '../kit/digest.ts'

/** Every sticky cookie's name begins so; the pool's id follows, so that two pools of a host do not fight. */
export const stickyPrefix = 'mtlb_sticky_'

/** For whom a pin is good: endpoints are of one pool, pools of one tenant. */
export interface PinScope {
  /** Of the data folder. Empty where somebody has taken it away: then nobody is pinned. */
  readonly secret: string
  readonly tenantId: number
  readonly poolId: number
}

export interface Pin {
  readonly endpointId: number
  readonly expiresMs: number
}

/** Signs nothing that is longer. */
const longestPin = 100

export function stickyName(poolId: number): string {
  return stickyPrefix + poolId
}

/** `endpoint.expiry.signature`: ids in base 36, seconds, and HMAC-SHA-256 (RFC 2104) over these, pool and tenant. */
export function encodePin({ endpointId, expiresMs }: Pin, scope: PinScope): string {
  const text = `${endpointId.toString(36)}.${Math.floor(expiresMs / 1_000).toString(36)}`
  return `${text}.${sign(text, scope)}`
}

/** Undefined for what this pool of this tenant did not sign, and for what has expired. */
export function decodePin(value: string, scope: PinScope, nowMs: number): Pin | undefined {
  const end = value.lastIndexOf('.')
  if (scope.secret === '' || end === -1 || value.length > longestPin) return undefined
  const text = value.slice(0, end)
  if (!isEqualConstantTime(value.slice(end + 1), sign(text, scope))) return undefined
  const [endpoint, seconds] = text.split('.')
  const expiresMs = Number.parseInt(seconds, 36) * 1_000
  return expiresMs > nowMs ? { endpointId: Number.parseInt(endpoint, 36), expiresMs } : undefined
}

/** RFC 6265 section 4.1. */
export function renderSetCookie(
  pin: Pin,
  scope: PinScope,
  { ageMs, isTls }: { ageMs: number; isTls: boolean },
): string {
  const attributes = `Path=/; Max-Age=${Math.floor(ageMs / 1_000)}; HttpOnly; SameSite=Lax${isTls ? '; Secure' : ''}`
  return `Set-Cookie: ${stickyName(scope.poolId)}=${encodePin(pin, scope)}; ${attributes}\r\n`
}

function sign(text: string, { secret, tenantId, poolId }: PinScope): string {
  return createHmac('sha256', secret).update(`${tenantId}.${poolId}.${text}`).digest('base64url')
}
