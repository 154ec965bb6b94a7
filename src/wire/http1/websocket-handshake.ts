import { hash } from 'node:crypto'
import { isToken } from './char-tables.ts'
import { fieldId } from './field-id.ts'
import { listElements } from './list.ts'
import type { MessageHead } from './message-head.ts'
import type { ParseError } from './parse-error.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'

/** What the endpoint's 101 must fit: a client's opening handshake that broke no rule. */
export interface WebSocketHandshake {
  readonly kind: 'websocket_handshake'
  /** The one sound value of Sec-WebSocket-Accept. */
  readonly accept: string
  /** Subprotocols that the client offers. */
  readonly protocols: readonly string[]
  /** Names of extensions that it offers, in lower case. */
  readonly extensions: readonly string[]
}

/** Every refusal of a client's handshake, with the section of RFC 6455 that asks for it. */
export const handshakeErrors = {
  /** 4.2.1, item 1. */
  method: refuse('a WebSocket handshake is a GET request'),
  body: refuse('a WebSocket handshake has no body'),
  /** 4.1, items 6 and 7 of its second list, and 9110 7.6.1. */
  notAlone: refuse('Upgrade names websocket and something else'),
  connection: refuse('Connection does not name upgrade'),
  hopByHop: refuse('Connection names a field of the WebSocket handshake'),
  /** 4.1, item 7, and 11.3.1. */
  key: refuse('Sec-WebSocket-Key is not exactly once there with 16 bytes in base64'),
  /** 4.1, item 10. */
  protocol: refuse('Sec-WebSocket-Protocol is not a list of different tokens'),
  /** 11.3.5. */
  version: refuse('Sec-WebSocket-Version is not exactly once there with a number'),
  /** 4.2.2, item 4, and 4.4. */
  otherVersion: refuse('the only version of WebSocket spoken here is 13', 426, 'websocket_version'),
} as const satisfies Record<string, ParseError>

/**
 * Whether the request wants to become a WebSocket, be it in a sound way or not. RFC 9110 section 7.8: HTTP/1.0 knows no
 * upgrade, and every other upgrade may be ignored.
 */
export function asksForWebSocket(head: RequestHead): boolean {
  return head.minorVersion === 1 && lowerCaseElements(head, fieldId.upgrade).includes('websocket')
}

/** Reads the opening handshake of a request that asks for a WebSocket (RFC 6455 section 4.2.1). */
export function readWebSocketHandshake(head: RequestHead): WebSocketHandshake | ParseError {
  if (head.method !== 'GET') return handshakeErrors.method
  if (head.isChunked || head.contentLength > 0) return handshakeErrors.body
  if (lowerCaseElements(head, fieldId.upgrade).length !== 1) return handshakeErrors.notAlone
  if (!head.connectionOptions.includes('upgrade')) return handshakeErrors.connection
  if (namesHandshakeField(head)) return handshakeErrors.hopByHop
  const version = onlyValue(head, fieldId.secWebsocketVersion)
  if (version === undefined || !isVersion(version)) return handshakeErrors.version
  if (version !== '13') return handshakeErrors.otherVersion
  const key = onlyValue(head, fieldId.secWebsocketKey)
  if (key === undefined || !isKey(key)) return handshakeErrors.key
  const protocols = elements(head, fieldId.secWebsocketProtocol)
  if (!areProtocols(head, protocols)) return handshakeErrors.protocol
  return { kind: 'websocket_handshake', accept: acceptOf(key), protocols, extensions: extensionNames(head) }
}

/** What is wrong with a 101 that answers this handshake (RFC 6455 section 4.1, the client's checks); undefined when nothing is. */
export function findAnswerMistake(head: ResponseHead, handshake: WebSocketHandshake): string | undefined {
  if (head.minorVersion === 0) return '101 in HTTP/1.0'
  if (head.isChunked || head.contentLength > 0) return '101 with a body'
  const upgrades = lowerCaseElements(head, fieldId.upgrade)
  if (upgrades.length !== 1 || upgrades[0] !== 'websocket') return '101 whose Upgrade is not websocket'
  if (head.connectionOptions.filter((option) => option === 'upgrade').length !== 1)
    return '101 whose Connection does not name upgrade once'
  if (namesHandshakeField(head)) return '101 whose Connection names a field of the handshake'
  if (onlyValue(head, fieldId.secWebsocketAccept) !== handshake.accept) return '101 with a wrong Sec-WebSocket-Accept'
  if (!isProtocolOffered(head, handshake)) return '101 with a subprotocol that was not offered'
  const areOffered = extensionNames(head).every((name) => handshake.extensions.includes(name))
  return areOffered ? undefined : '101 with an extension that was not offered'
}

/** RFC 6455 section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

function acceptOf(key: string): string {
  return hash('sha1', key + acceptSuffix, 'base64')
}

/** 24 characters of base64 in their one spelling (RFC 4648 section 3.5): what is decoded and encoded again stays the same. */
function isKey(value: string): boolean {
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === 16 && bytes.toString('base64') === value
}

/** RFC 6455 section 4.3: 0 to 255, without leading zeros. */
function isVersion(value: string): boolean {
  const version = Number(value)
  return version >= 0 && version <= 255 && Number.isInteger(version) && String(version) === value
}

/** Some servers take an empty or repeated offer for none, some for an error. */
function areProtocols(head: RequestHead, protocols: readonly string[]): boolean {
  if (protocols.length === 0) return !head.fieldIds.includes(fieldId.secWebsocketProtocol)
  return protocols.every(isToken) && new Set(protocols).size === protocols.length
}

/** At most one value, and one that was offered, exactly as it was. */
function isProtocolOffered(head: ResponseHead, handshake: WebSocketHandshake): boolean {
  if (!head.fieldIds.includes(fieldId.secWebsocketProtocol)) return true
  const protocol = onlyValue(head, fieldId.secWebsocketProtocol)
  return protocol !== undefined && handshake.protocols.includes(protocol)
}

/** RFC 6455 section 9.1: each element is a name, and parameters behind a semicolon. */
function extensionNames(head: MessageHead): string[] {
  return lowerCaseElements(head, fieldId.secWebsocketExtensions).map((element) => element.split(';', 1)[0].trimEnd())
}

/** RFC 9110 section 7.6.1: a field so named does not reach the other side, which would then break the handshake. */
function namesHandshakeField(head: MessageHead): boolean {
  return head.connectionOptions.some((option) => option.startsWith('sec-websocket-'))
}

function lowerCaseElements(head: MessageHead, id: number): string[] {
  return elements(head, id).map((element) => element.toLowerCase())
}

/** RFC 9110 section 5.3: repeated fields are one list. */
function elements(head: MessageHead, id: number): string[] {
  return listElements(head.fieldValues.filter((_, index) => head.fieldIds[index] === id).join(','))
}

/** Undefined when the field is not there, or more than once. */
function onlyValue(head: MessageHead, id: number): string | undefined {
  const index = head.fieldIds.indexOf(id)
  const isOnly = index !== -1 && index === head.fieldIds.lastIndexOf(id)
  return isOnly ? head.fieldValues[index] : undefined
}

function refuse(detail: string, status: ParseError['status'] = 400, code = 'bad_websocket'): ParseError {
  return Object.freeze({ kind: 'parse_error', status, code, detail })
}
