import { isIPv6 } from 'node:net'
import { byteOf, isHostByte } from './char-tables.ts'

/** Who is asked. */
export interface Authority {
  /** Lower case, without port and trailing dot; an IPv6 address keeps its brackets. */
  readonly host: string
  /** Lower case `host[:port]`. */
  readonly authority: string
}

const maxHostLength = 255
const { colon, dot } = byteOf

/**
 * What `parseAuthority` says, from memory for the names that are asked for again and again (0.2 µs less per request).
 * A pure function's answers: whoever fills the table with other names costs the rest that time, and nothing else.
 */
export function recallAuthority(text: string): Authority | undefined {
  if (text.length === 0) return undefined
  const slot = slotOf(text)
  if (knownTexts[slot] === text) return knownAuthorities[slot]
  // A copy, because a part of a head would keep the whole head alive, with the secrets in it.
  const own = Buffer.from(text, 'latin1').toString('latin1')
  const parsed = parseAuthority(own)
  if (parsed === undefined) return undefined
  knownTexts[slot] = own
  knownAuthorities[slot] = parsed
  return parsed
}

const slots = 1_024
const knownTexts = Array.from({ length: slots }, () => '')
const knownAuthorities: (Authority | undefined)[] = Array.from({ length: slots }, () => undefined)

/** Tenants of one operator often differ in a few letters somewhere, so each letter counts. */
function slotOf(text: string): number {
  let hash = text.length
  for (let at = 0; at < text.length; at++) hash = (hash * 31 + text.charCodeAt(at)) | 0
  return (hash ^ (hash >>> 10)) & (slots - 1)
}

/**
 * Parses `host [":" port]` (RFC 9110 sections 4.2 and 7.2, RFC 3986 section 3.2). Undefined for userinfo, lists, empty labels,
 * an empty or impossible port, and everything else that is neither a name nor an address.
 */
export function parseAuthority(text: string): Authority | undefined {
  const end = text.startsWith('[') ? addressEnd(text) : nameEnd(text)
  if (end === -1 || !isPortOrNothing(text, end)) return undefined
  const hasTrailingDot = text.charCodeAt(end - 1) === dot
  const host = text.slice(0, hasTrailingDot ? end - 1 : end).toLowerCase()
  if (host === '' || host.length > maxHostLength) return undefined
  return { host, authority: end === text.length ? host : host + text.slice(end) }
}

/** Where the name ends; -1 when it has other characters or empty labels (a last one, after a trailing dot, may be empty). */
function nameEnd(text: string): number {
  let at = 0
  for (let labelStart = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === colon) break
    if (isHostByte[character] !== 1) return -1
    if (character !== dot) continue
    if (at === labelStart) return -1
    labelStart = at + 1
  }
  return at === 0 ? -1 : at
}

/** Behind the closing bracket of an IPv6 address; no zones, no IPvFuture. */
function addressEnd(text: string): number {
  const end = text.indexOf(']')
  const address = text.slice(1, end)
  return end !== -1 && !address.includes('%') && isIPv6(address) ? end + 1 : -1
}

/** Five digits at most, 1 to 65535. */
function isPortOrNothing(text: string, at: number): boolean {
  if (at === text.length) return true
  if (text.charCodeAt(at) !== colon || text.length - at < 2 || text.length - at > 6) return false
  let port = 0
  for (let index = at + 1; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) return false
    port = port * 10 + digit
  }
  return port >= 1 && port <= 65_535
}
