import { frame } from './frame.ts'
import type { RingWriter } from './ring.ts'

declare global {
  // Node has these two and documents them nowhere; `write` and `toString` take twice as long to reach them.
  interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> {
    latin1Write(text: string, offset: number, length: number): number
    latin1Slice(start: number, end: number): string
  }
}

/** One line of the traffic log, as a data thread hands it to the recorder. Strings are latin1. */
export interface TrafficRecord {
  /** When the request began. */
  readonly timeMs: number
  readonly requestId: string
  /** 0 when none was found; likewise the other ids. */
  readonly tenantId: number
  readonly routeId: number
  readonly keyId: number
  readonly endpointId: number
  /** 0 when the client went away before it was answered. */
  readonly status: number
  /** mtlb answered in its own name. */
  readonly isRejected: boolean
  /** Endpoints tried; 255 stands for more. */
  readonly attempts: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Kept in whole microseconds, like the other two. */
  readonly durationUs: number
  /** Time spent waiting for a turn before the first attempt. */
  readonly waitingUs: number
  /** Until the endpoint's first response byte; -1 when there was none. */
  readonly endpointUs: number
  readonly clientAddress: string
  readonly method: string
  readonly host: string
  /** With its query. */
  readonly path: string
  /** Code of the rejection or fault that answered; empty when the endpoint did. */
  readonly code: string
  readonly userAgent: string
  /** Attempts before the last one (see failed-attempts.ts); empty when there were none. */
  readonly failedAttempts: string
  /** Limits that merely shadow and would have refused it: `tenant,key:ci`. */
  readonly shadowed: string
  /** What has refused it, `KIND:NAME`; empty when nothing did. */
  readonly rule: string
  /** What phases have decided, a line each; empty where nobody wanted to know. */
  readonly notes: string
}

/** Longer strings are cut. Lengths below 256 are one byte in the frame. */
export const recordLimits = {
  requestId: 64,
  clientAddress: 64,
  method: 32,
  host: 255,
  code: 48,
  userAgent: 512,
  path: 8_192,
  /** Failed attempts, shadowing limits, rule and notes together. */
  tail: 1_024,
} as const

/**
 * Puts a record into the ring; false when it is full. Allocates nothing; 125 ns for a usual record. `latin1Write` is a
 * fast call of 13 ns at any length; a loop over `charCodeAt` wins only below 10 characters, a request id takes it 44 ns.
 */
export function writeRecord(ring: RingWriter, record: TrafficRecord): boolean {
  const requestIdBytes = Math.min(record.requestId.length, recordLimits.requestId)
  const clientBytes = Math.min(record.clientAddress.length, recordLimits.clientAddress)
  const methodBytes = Math.min(record.method.length, recordLimits.method)
  const hostBytes = Math.min(record.host.length, recordLimits.host)
  const codeBytes = Math.min(record.code.length, recordLimits.code)
  const userAgentBytes = Math.min(record.userAgent.length, recordLimits.userAgent)
  const pathBytes = Math.min(record.path.length, recordLimits.path)
  const tail = renderTail(record)
  const tailBytes = Math.min(tail.length, recordLimits.tail)
  const textBytes =
    requestIdBytes + clientBytes + methodBytes + hostBytes + codeBytes + userAgentBytes + pathBytes + tailBytes
  const frameBytes = (frame.text + textBytes + 7) & ~7
  const at = ring.reserve(frameBytes)
  if (at === -1) return false

  const { view, buffer } = ring
  // The padding behind the text must not carry over what an older record left there: chunks are per tenant.
  view.setFloat64(at + frameBytes - 8, 0, true)
  view.setUint32(at + frame.bytes, frameBytes, true)
  view.setUint32(at + frame.freshId, 0, true)
  view.setFloat64(at + frame.timeMs, record.timeMs, true)
  view.setUint32(at + frame.tenantId, record.tenantId, true)
  view.setUint32(at + frame.routeId, record.routeId, true)
  view.setUint32(at + frame.keyId, record.keyId, true)
  view.setUint32(at + frame.endpointId, record.endpointId, true)
  view.setFloat64(at + frame.bytesIn, record.bytesIn, true)
  view.setFloat64(at + frame.bytesOut, record.bytesOut, true)
  // Whole microseconds: a fraction would be noise, and 7 bytes of each compressed record.
  view.setFloat64(at + frame.durationUs, Math.round(record.durationUs), true)
  view.setFloat64(at + frame.waitingUs, Math.round(record.waitingUs), true)
  view.setFloat64(at + frame.endpointUs, Math.round(record.endpointUs), true)
  view.setUint16(at + frame.status, record.status, true)
  view.setUint8(at + frame.attempts, Math.min(record.attempts, 255))
  view.setUint8(at + frame.isRejected, record.isRejected ? 1 : 0)
  view.setUint16(at + frame.pathBytes, pathBytes, true)
  view.setUint16(at + frame.userAgentBytes, userAgentBytes, true)
  view.setUint8(at + frame.requestIdBytes, requestIdBytes)
  view.setUint8(at + frame.clientBytes, clientBytes)
  view.setUint8(at + frame.methodBytes, methodBytes)
  view.setUint8(at + frame.hostBytes, hostBytes)
  view.setUint8(at + frame.codeBytes, codeBytes)

  let textAt = at + frame.text
  textAt += buffer.latin1Write(record.requestId, textAt, requestIdBytes)
  textAt += buffer.latin1Write(record.clientAddress, textAt, clientBytes)
  textAt += buffer.latin1Write(record.method, textAt, methodBytes)
  textAt += buffer.latin1Write(record.host, textAt, hostBytes)
  textAt += buffer.latin1Write(record.code, textAt, codeBytes)
  textAt += buffer.latin1Write(record.userAgent, textAt, userAgentBytes)
  textAt += buffer.latin1Write(record.path, textAt, pathBytes)
  if (tailBytes > 0) buffer.latin1Write(tail, textAt, tailBytes)
  ring.publish()
  return true
}

/** Most have nothing of it. */
function renderTail({ failedAttempts, shadowed, rule, notes }: TrafficRecord): string {
  if (notes !== '') return `${failedAttempts}|${shadowed}|${rule}|${notes}`
  if (rule !== '') return `${failedAttempts}|${shadowed}|${rule}`
  return shadowed === '' ? failedAttempts : `${failedAttempts}|${shadowed}`
}

/** Reads back the record whose frame begins at `at`: in a ring, or among frames copied out of one. */
export function readRecord(bytes: Buffer, at: number): TrafficRecord {
  let textAt = at + frame.text
  const [failedAttempts, shadowed = '', rule = '', notes = ''] = readTail(bytes, at).split('|')
  const text = (length: number): string => bytes.latin1Slice(textAt, (textAt += length))
  return {
    requestId: text(bytes[at + frame.requestIdBytes]),
    clientAddress: text(bytes[at + frame.clientBytes]),
    method: text(bytes[at + frame.methodBytes]),
    host: text(bytes[at + frame.hostBytes]),
    code: text(bytes[at + frame.codeBytes]),
    userAgent: text(bytes.readUInt16LE(at + frame.userAgentBytes)),
    path: text(bytes.readUInt16LE(at + frame.pathBytes)),
    failedAttempts,
    shadowed,
    rule,
    notes,
    timeMs: bytes.readDoubleLE(at + frame.timeMs),
    tenantId: bytes.readUInt32LE(at + frame.tenantId),
    routeId: bytes.readUInt32LE(at + frame.routeId),
    keyId: bytes.readUInt32LE(at + frame.keyId),
    endpointId: bytes.readUInt32LE(at + frame.endpointId),
    status: bytes.readUInt16LE(at + frame.status),
    isRejected: bytes[at + frame.isRejected] === 1,
    attempts: bytes[at + frame.attempts],
    bytesIn: bytes.readDoubleLE(at + frame.bytesIn),
    bytesOut: bytes.readDoubleLE(at + frame.bytesOut),
    durationUs: bytes.readDoubleLE(at + frame.durationUs),
    waitingUs: bytes.readDoubleLE(at + frame.waitingUs),
    endpointUs: bytes.readDoubleLE(at + frame.endpointUs),
  }
}

/** The code alone. */
export function readCode(bytes: Buffer, at: number): string {
  const start = codeAt(bytes, at)
  return bytes.latin1Slice(start, start + bytes[at + frame.codeBytes])
}

/** What became of failed attempts, as far as it goes. */
export function readFailedAttempts(bytes: Buffer, at: number): string {
  return readTail(bytes, at).split('|')[0]
}

/** It has no length of its own: it ends where the zeros at the end of the frame begin. */
function readTail(bytes: Buffer, at: number): string {
  const start =
    codeAt(bytes, at) +
    bytes[at + frame.codeBytes] +
    bytes.readUInt16LE(at + frame.userAgentBytes) +
    bytes.readUInt16LE(at + frame.pathBytes)
  let end = at + bytes.readUInt32LE(at + frame.bytes)
  while (end > start && bytes[end - 1] === 0) end -= 1
  return bytes.latin1Slice(start, end)
}

function codeAt(bytes: Buffer, at: number): number {
  return (
    at +
    frame.text +
    bytes[at + frame.requestIdBytes] +
    bytes[at + frame.clientBytes] +
    bytes[at + frame.methodBytes] +
    bytes[at + frame.hostBytes]
  )
}
