import { lowerByte, nameByte } from './char-tables.ts'

/**
 * Names the proxy knows, as small integers; ids are of this process only and never stored. Those that the codec itself asks
 * for are below 32, so that a bit can stand for each.
 */
export const fieldId = {
  other: 0,
  host: 1,
  connection: 2,
  transferEncoding: 3,
  contentLength: 4,
  expect: 5,
  authorization: 6,
  xApiKey: 7,
  contentType: 8,
  keepAlive: 9,
  proxyConnection: 10,
  te: 11,
  trailer: 12,
  upgrade: 13,
  userAgent: 14,
  xForwardedFor: 15,
  xForwardedProto: 16,
  xForwardedHost: 17,
  forwarded: 18,
  via: 19,
  xRequestId: 20,
  /** Any name that starts with `x-mtlb-`. */
  xMtlb: 21,
  proxyAuthenticate: 22,
  proxyAuthorization: 23,
  date: 24,
  server: 25,
  cookie: 26,
  setCookie: 27,
  location: 28,
  retryAfter: 29,
  xForwardedPort: 30,
  xRealIp: 31,
  allow: 32,
  http2Settings: 33,
  secWebsocketKey: 34,
  secWebsocketVersion: 35,
  secWebsocketProtocol: 36,
  secWebsocketExtensions: 37,
  secWebsocketAccept: 38,
  xMtlbTrace: 39,
} as const

const slots = 128
const none = 0
const ownPrefix = Buffer.from('x-mtlb-')
const nameBytes = Object.keys(fieldId).map((key) => Buffer.from(wireName(key)))
const firstInSlot = new Uint8Array(slots)
const nextInSlot = new Uint8Array(nameBytes.length)
for (let id = 1; id < nameBytes.length; id++) {
  // Not a name but the start of names.
  if (id === fieldId.xMtlb) continue
  const slot = slotOf(nameBytes[id], 0, nameBytes[id].length)
  nextInSlot[id] = firstInSlot[slot]
  firstInSlot[slot] = id
}

/** Id of a name in any case (RFC 9110 section 5.1: names are case-insensitive); `fieldId.other` for an unknown one. */
export function fieldIdOf(name: string): number {
  const bytes = Buffer.from(name)
  return bytes.length === 0 ? fieldId.other : fieldIdAt(bytes, 0, bytes.length)
}

/** The same of the non-empty name in `buffer[start, end)`, without making a string. */
export function fieldIdAt(buffer: Buffer, start: number, end: number): number {
  for (let id = firstInSlot[slotOf(buffer, start, end)]; id !== none; id = nextInSlot[id]) {
    if (nameBytes[id].length === end - start && startsWith(buffer, start, nameBytes[id])) return id
  }
  const isOwn = end - start >= ownPrefix.length && startsWith(buffer, start, ownPrefix)
  return isOwn ? fieldId.xMtlb : fieldId.other
}

/**
 * Whether the name in `buffer[start, end)` would be a known one with a hyphen in the place of every odd character. CGI (RFC 3875
 * section 4.1.18) and what imitates it hand names on so, and would take `Transfer.Encoding` and `X-Mtlb~Tenant` for ours.
 */
export function isLookAlike(buffer: Buffer, start: number, end: number): boolean {
  let name = ''
  for (let at = start; at < end; at++) name += nameByte[buffer[at]] === 1 ? String.fromCharCode(buffer[at]) : '-'
  return fieldIdOf(name) !== fieldId.other
}

function startsWith(buffer: Buffer, start: number, lowerCase: Buffer): boolean {
  for (let index = 0; index < lowerCase.length; index++) {
    if (lowerByte[buffer[start + index]] !== lowerCase[index]) return false
  }
  return true
}

function slotOf(buffer: Buffer, start: number, end: number): number {
  return ((end - start) * 7 + lowerByte[buffer[start]] * 3 + lowerByte[buffer[end - 1]]) % slots
}

/** `xApiKey` → `x-api-key`. */
function wireName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
